using System.Runtime.InteropServices;

namespace Fer.Pipeline.Training;

/// <summary>Arrays of 32-bit floats in checkpoints: length, then the bits, little-endian.</summary>
internal static class StateArray
{
    internal static void Write(BinaryWriter writer, ReadOnlySpan<float> values)
    {
        writer.Write(values.Length);
        if (BitConverter.IsLittleEndian) writer.Write(MemoryMarshal.AsBytes(values));
        else foreach (float value in values) writer.Write(value);
    }

    /// <summary>
    /// Fills <paramref name="values"/>, whose length must match the stored one: nothing is allocated because a file says so.
    /// </summary>
    /// <exception cref="FerException">The stored length differs.</exception>
    /// <exception cref="EndOfStreamException">The file is truncated.</exception>
    internal static void Read(BinaryReader reader, Span<float> values)
    {
        int length = reader.ReadInt32();
        if (length != values.Length)
            throw new FerException(
                $"The checkpoint holds {length} values where the network has {values.Length}; it belongs to another network.");
        if (BitConverter.IsLittleEndian) reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values));
        else foreach (ref float value in values) value = reader.ReadSingle();
    }
}
