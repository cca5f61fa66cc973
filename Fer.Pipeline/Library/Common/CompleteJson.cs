using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Fer.Pipeline;

/// <summary>
/// How the program's own JSON files are read: whatever is missing, or null where the type has no null, is a fault of the file, in lists and
/// maps as well, of which the serializer heeds none by itself.
/// </summary>
internal static class CompleteJson
{
    /// <summary>To make options from.</summary>
    internal static JsonSerializerOptions Options { get; } = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RefuseNulls } },
    };

    // A null in a list of a value type is asked for, as in a list of double?.
    private static void RefuseNulls(JsonTypeInfo info)
    {
        if (info.ElementType is not { IsValueType: false }) return;
        if (info.Kind is JsonTypeInfoKind.Enumerable) info.OnDeserialized = items => Check((IEnumerable)items);
        else if (info.Kind is JsonTypeInfoKind.Dictionary) info.OnDeserialized = map => Check(((IDictionary)map).Values);
    }

    private static void Check(IEnumerable items)
    {
        foreach (object? item in items)
            if (item is null) throw new JsonException("null where a value is needed");
    }

    /// <summary>Refuses numbers beyond what a double holds, which would become infinity, and could not be written again.</summary>
    internal sealed class FiniteNumber : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDouble() is var number && double.IsFinite(number) ? number : throw new JsonException("a number is too large");

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
    }
}
