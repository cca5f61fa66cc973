using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>
/// What the parts of a drawn face do, after the action units that the Facial Action Coding System (Ekman and Friesen, 1978) gives each
/// emotion. Lengths are in half face widths; up is positive.
/// </summary>
/// <param name="BrowInner">Rise of the brows' inner ends (AU 1, 4).</param>
/// <param name="BrowMiddle">Rise of their middle.</param>
/// <param name="BrowOuter">Rise of their outer ends (AU 2).</param>
/// <param name="BrowGap">Wider space between them; negative is drawn together (AU 4).</param>
/// <param name="UpperLid">Height of the upper lid above the eye's axis (AU 5).</param>
/// <param name="LowerLid">Depth of the lower lid below it (AU 7 lifts it).</param>
/// <param name="MouthWidth">Half the width of the mouth (AU 20).</param>
/// <param name="Corner">Rise of the mouth's corners (AU 12; AU 15 pulls them down).</param>
/// <param name="Open">Height of the opening (AU 25 to 27).</param>
/// <param name="Round">1 opens the mouth as an oval, 0 as a flat lens.</param>
/// <param name="Teeth">Share of the opening that shows the upper teeth.</param>
/// <param name="LipRise">Rise of the upper lip's middle (AU 10).</param>
/// <param name="LipPress">1 presses the lips to a line (AU 24), -1 pushes the lower one out (AU 17).</param>
/// <param name="Wrinkle">Strength of the wrinkles of the nose (AU 9).</param>
/// <param name="Frown">Strength of the upright folds between the brows (AU 4).</param>
/// <param name="Forehead">Strength of the forehead's lines (AU 1 and 2).</param>
/// <param name="Fold">Strength of the folds from nose to mouth (AU 6, 12, 10).</param>
internal readonly record struct SampleExpression(
    float BrowInner, float BrowMiddle, float BrowOuter, float BrowGap, float UpperLid, float LowerLid,
    float MouthWidth, float Corner, float Open, float Round, float Teeth, float LipRise, float LipPress,
    float Wrinkle, float Frown, float Forehead, float Fold)
{
    private static readonly SampleExpression Neutral = new(0, 0.05f, 0, 0, 0.085f, 0.065f, 0.30f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.15f);

    /// <summary>
    /// An expression as one person shows it at one moment: some show it openly, some hardly, and everybody's muscles vary.
    /// The weakest are hard to tell from a neutral face, as in life.
    /// </summary>
    internal static SampleExpression Create(Emotion emotion, ref RandomStream random)
    {
        float strength = (float)random.NextDouble(0.45, 1.1);
        // Several emotions come with the mouth open or shut.
        bool open = random.NextBoolean(0.5);
        var full = emotion switch
        {
            Emotion.Angry => new SampleExpression(-0.17f, -0.08f, 0.06f, -0.06f, 0.07f, 0.035f, open ? 0.29f : 0.25f, -0.06f,
                open ? 0.15f : 0, 0.25f, open ? 0.45f : 0, 0, open ? 0 : 1, 0.2f, 1, 0, 0.3f),
            Emotion.Disgust => new SampleExpression(-0.09f, -0.06f, -0.03f, -0.02f, 0.045f, 0.02f, 0.27f, -0.09f,
                open ? 0.08f : 0, 0.1f, open ? 0.5f : 0, 0.13f, -0.4f, 1, 0.35f, 0, 1),
            Emotion.Fear => new SampleExpression(0.16f, 0.09f, 0.02f, -0.05f, 0.16f, 0.085f, 0.36f, -0.05f,
                open ? 0.19f : 0.1f, 0.1f, 0.35f, 0, 0, 0, 0.45f, 0.7f, 0.1f),
            Emotion.Happy => new SampleExpression(0, 0.06f, 0.01f, 0.01f, 0.07f, 0.025f, 0.40f, 0.17f,
                open ? 0.14f : 0.02f, 0.05f, 0.75f, -0.02f, 0, 0, 0, 0, 1),
            Emotion.Sad => new SampleExpression(0.15f, 0.03f, -0.10f, -0.03f, 0.05f, 0.055f, 0.25f, -0.13f,
                0, 0, 0, 0, -1, 0, 0.4f, 0.35f, 0.35f),
            Emotion.Surprise => new SampleExpression(0.17f, 0.25f, 0.16f, 0.02f, 0.17f, 0.085f, 0.20f, 0,
                open ? 0.34f : 0.22f, 1, 0.15f, 0, 0, 0, 0, 1, 0),
            _ => Neutral,
        };
        return Blend(Neutral, full, strength, ref random);
    }

    private static SampleExpression Blend(in SampleExpression from, in SampleExpression to, float t, ref RandomStream random)
    {
        return new SampleExpression(
            Vary(from.BrowInner, to.BrowInner, t, 0.025f, ref random),
            Vary(from.BrowMiddle, to.BrowMiddle, t, 0.02f, ref random),
            Vary(from.BrowOuter, to.BrowOuter, t, 0.025f, ref random),
            Vary(from.BrowGap, to.BrowGap, t, 0.015f, ref random),
            Math.Max(0.012f, Vary(from.UpperLid, to.UpperLid, t, 0.012f, ref random)),
            Math.Max(0.01f, Vary(from.LowerLid, to.LowerLid, t, 0.008f, ref random)),
            Vary(from.MouthWidth, to.MouthWidth, t, 0.025f, ref random),
            Vary(from.Corner, to.Corner, t, 0.02f, ref random),
            Math.Max(0, Vary(from.Open, to.Open, t, 0.012f, ref random)),
            Vary(from.Round, to.Round, t, 0, ref random),
            Vary(from.Teeth, to.Teeth, t, 0, ref random),
            Vary(from.LipRise, to.LipRise, t, 0.01f, ref random),
            Vary(from.LipPress, to.LipPress, t, 0.15f, ref random),
            Vary(from.Wrinkle, to.Wrinkle, t, 0.05f, ref random),
            Vary(from.Frown, to.Frown, t, 0.05f, ref random),
            Vary(from.Forehead, to.Forehead, t, 0.05f, ref random),
            Vary(from.Fold, to.Fold, t, 0.1f, ref random));
    }

    private static float Vary(float from, float to, float t, float spread, ref RandomStream random) =>
        from + (to - from) * t + (spread > 0 ? spread * (float)random.NextGaussian() : 0);
}
