using System.Text;
using System.Text.Json.Nodes;
using Fer.Pipeline;

namespace Fer.Tests;

/// <summary>Seeded changes of a JSON document that leave it JSON, or nearly: what flipped bytes rarely make.</summary>
internal static class JsonMutation
{
    // What no number or text of .NET holds is written as a mark first, and put in at the end.
    private const string Mark = "@odd@";

    private static readonly string[] Odd =
    [
        "null", "true", "-1", "0", "1", "0.5", "1e999", "-1e999", "1e30", "1e-400", "99999999999999999999", "2147483648", "[]", "{}",
        "[null]",
        "[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]", "{\"\":null}", "\"\"", "\"x\"", "\"NaN\"", "\"-Infinity\"", "\"2147483648\"",
        "\"\\ud800\"", "\"\\u0000\"", "\"\\u001b[31m\"", "\"\\u202e\"", "\"../../x\"", "\"--overwrite\"", "\"10675199.02:48:05.4775807\"",
        $"\"{new string('x', 5000)}\"",
    ];

    /// <summary>A copy with up to three of: a value replaced, removed, put twice, in a list, under another name, or another's.</summary>
    internal static byte[] Of(byte[] valid, ref RandomStream random)
    {
        var root = JsonNode.Parse(valid)!;
        for (int changes = 1 + random.NextInt32(3); changes > 0; changes--) Change(root, ref random);
        string text = root.ToJsonString();
        for (int at; (at = text.IndexOf($"\"{Mark}\"", StringComparison.Ordinal)) >= 0;)
            text = text[..at] + Odd[random.NextInt32(Odd.Length)] + text[(at + Mark.Length + 2)..];
        return Encoding.UTF8.GetBytes(text);
    }

    private static void Change(JsonNode root, ref RandomStream random)
    {
        var places = new List<(JsonNode Parent, string? Key, int Index)>();
        Collect(root, places);
        if (places.Count == 0) return;
        var (parent, key, index) = places[random.NextInt32(places.Count)];
        var (otherParent, otherKey, otherIndex) = places[random.NextInt32(places.Count)];
        switch (random.NextInt32(10))
        {
            case 0:
                if (key is not null) parent.AsObject().Remove(key);
                else parent.AsArray().RemoveAt(index);
                break;
            case 1: Set(Get(otherParent, otherKey, otherIndex)?.DeepClone()); break;
            case 2: Set(new JsonArray(Get(parent, key, index)?.DeepClone())); break;
            case 3:
                if (key is null) parent.AsArray().Add(Get(parent, key, index)?.DeepClone());
                else parent.AsObject()[random.NextBoolean(0.5) ? key.ToUpperInvariant() : key + " "] = Mark;
                break;
            default: Set(Mark); break;
        }

        void Set(JsonNode? value)
        {
            if (key is not null) parent.AsObject()[key] = value;
            else parent.AsArray()[index] = value;
        }
    }

    private static JsonNode? Get(JsonNode parent, string? key, int index) => key is not null ? parent[key] : parent[index];

    private static void Collect(JsonNode? node, List<(JsonNode, string?, int)> places)
    {
        if (node is JsonObject members)
        {
            foreach (var (key, value) in members)
            {
                places.Add((node, key, 0));
                Collect(value, places);
            }
        }
        else if (node is JsonArray items)
        {
            for (int i = 0; i < items.Count; i++)
            {
                places.Add((node, null, i));
                Collect(items[i], places);
            }
        }
    }
}
