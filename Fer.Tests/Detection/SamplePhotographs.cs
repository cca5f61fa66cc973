using Fer.Pipeline.Detection;

namespace Fer.Tests.Detection;

/// <summary>The photographs of the npm package @vladmandic/face-api.</summary>
internal static class SamplePhotographs
{
    private static readonly string Folder = Path.Combine(TestPaths.Root, "Fer.Tests", "node_modules", "@vladmandic", "face-api", "demo");

    /// <summary>Why tests of the photographs are skipped, or null where they can run.</summary>
    internal static string? Missing { get; } =
        Directory.Exists(Folder) ? null : "The sample photographs are not installed; run `npm install` in Fer.Tests.";

    internal static string File1To6(int number) => Path.Combine(Folder, $"sample{number}.jpg");

    /// <summary>Faces from the brows to the chin and from cheek to cheek, as a person drew them: left, top, right, bottom.</summary>
    internal static IReadOnlyDictionary<int, FaceBox[]> Faces { get; } = new Dictionary<int, FaceBox[]>
    {
        [1] = [Box(409, 423, 564, 593), Box(834, 476, 1027, 651), Box(1467, 256, 1642, 441)],
        [2] = [Box(361, 195, 560, 424), Box(913, 304, 1067, 453), Box(1442, 230, 1636, 391)],
        [3] = [Box(593, 399, 796, 599), Box(1077, 295, 1301, 508), Box(1513, 384, 1692, 564)],
        [4] = [Box(280, 269, 415, 435), Box(663, 114, 851, 315), Box(990, 237, 1177, 416), Box(1273, 200, 1407, 390)],
        [5] = [Box(389, 957, 558, 1169), Box(609, 492, 768, 674), Box(774, 174, 947, 330), Box(1113, 268, 1274, 439),
            Box(1409, 474, 1580, 668)],
        [6] = [Box(245, 572, 465, 770), Box(673, 417, 837, 635), Box(1177, 398, 1366, 580), Box(1480, 341, 1707, 555)],
    };

    private static FaceBox Box(float left, float top, float right, float bottom) => new(left, top, right - left, bottom - top);
}
