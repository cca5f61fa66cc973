using System.Globalization;
using System.Xml;

namespace Fer.Pipeline.Images;

/// <summary>Which way up a camera was held, by an XMP packet (ISO 16684-1; XMP specification part 2, tiff:Orientation).</summary>
internal static class XmpOrientation
{
    private const string TiffNamespace = "http://ns.adobe.com/tiff/1.0/";

    // From anywhere: nothing is fetched, and no entity grows.
    private static readonly XmlReaderSettings Settings = new()
    {
        ConformanceLevel = ConformanceLevel.Fragment,
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = 1 << 22,
    };

    /// <summary>The orientation, 1 … 8; null where the packet does not say or is damaged.</summary>
    internal static int? Of(ReadOnlySpan<byte> packet)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(packet.ToArray()), Settings);
            while (reader.Read())
            {
                if (reader.NodeType != XmlNodeType.Element) continue;
                // RDF has a simple property as an attribute or as an element.
                if (reader.GetAttribute("Orientation", TiffNamespace) is { } attribute) return Parse(attribute);
                if (reader.LocalName == "Orientation" && reader.NamespaceURI == TiffNamespace)
                    return Parse(reader.ReadElementContentAsString());
            }
        }
        catch (XmlException)
        {
            // A damaged packet says nothing.
        }
        return null;
    }

    private static int? Parse(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int value)
            && value is >= 1 and <= 8 ? value : null;
}
