using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fer.Output;

/// <summary>JSON for programs that read the answers.</summary>
internal static class JsonText
{
    internal static string Write(Action<Utf8JsonWriter> write, bool indented = true)
    {
        using var memory = new MemoryStream();
        var options = new JsonWriterOptions { Indented = indented, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(memory, options)) write(json);
        return Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length);
    }

    /// <summary>Writes a number, or null where it is not one.</summary>
    internal static void WriteFigure(this Utf8JsonWriter json, string name, double value, int digits = 6)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, Math.Round(value, digits));
        else json.WriteNull(name);
    }
}
