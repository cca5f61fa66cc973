namespace Fer.Pipeline.Data;

/// <summary>
/// Who is drawn and how the picture was taken: nothing here tells the expression. Grey values are 0 … 1, lengths half face widths.
/// </summary>
internal readonly record struct SamplePerson
{
    internal required float Skin { get; init; }
    internal required float Hair { get; init; }
    internal required float Background { get; init; }
    internal required float BackgroundSlope { get; init; }
    internal required float FaceWidth { get; init; }
    internal required float FaceHeight { get; init; }
    internal required float Jaw { get; init; }
    internal required float HairLine { get; init; }
    internal required float HairSlant { get; init; }
    internal required bool LongHair { get; init; }
    internal required float EyeDistance { get; init; }
    internal required float EyeHeight { get; init; }
    internal required float EyeWidth { get; init; }
    internal required float Iris { get; init; }
    internal required float Gaze { get; init; }
    internal required float BrowHeight { get; init; }
    internal required float BrowThickness { get; init; }
    internal required float BrowTone { get; init; }
    internal required float NoseLength { get; init; }
    internal required float NoseWidth { get; init; }
    internal required float MouthHeight { get; init; }
    internal required float MouthScale { get; init; }
    internal required float Lips { get; init; }
    internal required float Beard { get; init; }
    internal required bool Glasses { get; init; }
    internal required float Angle { get; init; }
    internal required float Zoom { get; init; }
    internal required float ShiftX { get; init; }
    internal required float ShiftY { get; init; }
    internal required float Yaw { get; init; }
    internal required float LightX { get; init; }
    internal required float LightY { get; init; }
    internal required float Contrast { get; init; }
    internal required float Brightness { get; init; }
    internal required float Noise { get; init; }

    internal static SamplePerson Create(ref RandomStream random)
    {
        float skin = Uniform(ref random, 0.35f, 0.88f);
        bool grey = random.NextBoolean(0.2);
        return new SamplePerson
        {
            Skin = skin,
            Hair = grey ? Uniform(ref random, 0.6f, 0.85f) : Uniform(ref random, 0.04f, 0.4f),
            Background = Uniform(ref random, 0.02f, 0.98f),
            BackgroundSlope = Uniform(ref random, -0.3f, 0.3f),
            FaceWidth = Uniform(ref random, 0.74f, 0.92f),
            FaceHeight = Uniform(ref random, 0.98f, 1.16f),
            Jaw = Uniform(ref random, 0.0f, 0.35f),
            HairLine = Uniform(ref random, -1.0f, -0.62f),
            HairSlant = Uniform(ref random, -0.25f, 0.25f),
            LongHair = random.NextBoolean(0.35),
            EyeDistance = Uniform(ref random, 0.33f, 0.41f),
            EyeHeight = Uniform(ref random, -0.24f, -0.14f),
            EyeWidth = Uniform(ref random, 0.15f, 0.20f),
            Iris = Uniform(ref random, 0.03f, 0.35f),
            Gaze = Uniform(ref random, -0.05f, 0.05f),
            BrowHeight = Uniform(ref random, 0.19f, 0.27f),
            BrowThickness = Uniform(ref random, 0.045f, 0.10f),
            BrowTone = Uniform(ref random, 0.25f, 0.7f),
            NoseLength = Uniform(ref random, 0.32f, 0.44f),
            NoseWidth = Uniform(ref random, 0.10f, 0.17f),
            MouthHeight = Uniform(ref random, 0.50f, 0.60f),
            MouthScale = Uniform(ref random, 0.88f, 1.15f),
            Lips = Uniform(ref random, 0.04f, 0.10f),
            Beard = random.NextBoolean(0.15) ? Uniform(ref random, 0.15f, 0.5f) : 0,
            Glasses = random.NextBoolean(0.15),
            Angle = 0.12f * (float)random.NextGaussian(),
            Zoom = Uniform(ref random, 0.86f, 1.12f),
            ShiftX = 0.06f * (float)random.NextGaussian(),
            ShiftY = 0.06f * (float)random.NextGaussian(),
            Yaw = 0.16f * (float)random.NextGaussian(),
            LightX = Uniform(ref random, -0.35f, 0.35f),
            LightY = Uniform(ref random, -0.25f, 0.15f),
            Contrast = Uniform(ref random, 0.6f, 1.1f),
            Brightness = Uniform(ref random, -0.12f, 0.12f),
            Noise = Uniform(ref random, 0.01f, 0.055f),
        };
    }

    private static float Uniform(ref RandomStream random, float low, float high) => low + (high - low) * random.NextSingle();
}
