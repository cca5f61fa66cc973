using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>
/// Draws one face pixel by pixel: each part has a signed distance, and a pixel takes on the part's tone by how much of it the part covers,
/// so edges are smooth. Coordinates on the face: u to the right and v down from its centre, 1 is about half its width.
/// </summary>
internal readonly struct SamplePainter(in SamplePerson person, in SampleExpression expression)
{
    private readonly SamplePerson _person = person;
    private readonly SampleExpression _expression = expression;

    // Side of a pixel on the face.
    private const float Pixel = 2f / Face.Side;

    /// <summary>
    /// Tone of the picture at (u, v), 0 black … 1 white, before noise. Strays below 0 and above 1 are the caller's to cut.
    /// </summary>
    internal float Tone(float u, float v)
    {
        float tone = _person.Background + _person.BackgroundSlope * (u + v) * 0.5f;
        float side = MathF.Abs(u);
        // The skull's outline, narrower towards the chin.
        float width = _person.FaceWidth * (1 - _person.Jaw * MathF.Max(0, v) * MathF.Max(0, v));
        float nu = u / width, nv = v / _person.FaceHeight;
        float outline = (MathF.Sqrt(nu * nu + nv * nv) - 1) * width;

        float hair = (MathF.Sqrt(nu * nu + (nv + 0.08f) * (nv + 0.08f)) - 1.16f) * width;
        if (_person.LongHair) hair = MathF.Min(hair, MathF.Max(side - 1.12f * _person.FaceWidth, -v - 0.1f));
        else hair = MathF.Max(hair, v - 0.05f);
        Cover(ref tone, _person.Hair + 0.05f * MathF.Sin(14 * u + 3 * v), hair);

        float face = Coverage(outline);
        if (face > 0)
        {
            float skin = PaintSkin(u, v, nu, nv);
            tone += (skin - tone) * face;
            // The fringe lies on the face.
            float fringe = v - _person.HairLine - _person.HairSlant * u - 0.25f * nu * nu;
            Cover(ref tone, _person.Hair, MathF.Max(fringe, hair));
        }
        return tone;
    }

    private float PaintSkin(float u, float v, float nu, float nv)
    {
        float skin = _person.Skin;
        float tone = skin * (1 + _person.LightX * nu + _person.LightY * nv - 0.18f * (nu * nu + nv * nv));
        float side = MathF.Abs(u), sign = u < 0 ? -1 : 1;
        float eyeU = side - _person.EyeDistance, eyeV = v - _person.EyeHeight;

        if (_person.Beard > 0)
            Shade(ref tone, _person.Beard * Coverage(0.38f - v + 0.25f * nu * nu));
        // Eye sockets and the sides of the nose lie in shadow.
        Shade(ref tone, 0.16f * Soft(eyeU * eyeU / 0.05f + (eyeV + 0.04f) * (eyeV + 0.04f) / 0.025f));
        if (v < _person.EyeHeight - 0.02f) PaintForehead(ref tone, side, eyeU, v);
        PaintNose(ref tone, u, side, v);
        if (MathF.Abs(eyeV) < 0.3f && MathF.Abs(eyeU) < 0.3f) PaintEye(ref tone, eyeU * sign, eyeU, eyeV);
        if (v > 0.1f) PaintMouth(ref tone, u, side, v);
        if (_person.Glasses) PaintGlasses(ref tone, side, eyeU, eyeV);
        return tone;
    }

    private void PaintForehead(ref float tone, float side, float eyeU, float v)
    {
        var e = _expression;
        // A brow is a parabola through its inner end, middle and outer end.
        float half = _person.EyeWidth * 1.25f;
        float x = (eyeU - 0.01f - e.BrowGap * 0.5f) / half;
        float inner = e.BrowInner, outer = e.BrowOuter;
        float rise = e.BrowMiddle + (outer - inner) * 0.5f * x + ((outer + inner) * 0.5f - e.BrowMiddle) * x * x;
        float brow = _person.EyeHeight - _person.BrowHeight - rise;
        float slope = ((outer - inner) * 0.5f + 2 * ((outer + inner) * 0.5f - e.BrowMiddle) * x) / half;
        float across = MathF.Abs(v - brow) / MathF.Sqrt(1 + slope * slope);
        float beyond = MathF.Max(0, MathF.Abs(x) - 1) * half;
        float thickness = _person.BrowThickness * (1 - 0.35f * Math.Clamp(x, -1, 1));
        Shade(ref tone, _person.BrowTone * Coverage(MathF.Sqrt(across * across + beyond * beyond) - thickness * 0.5f));

        if (e.Forehead > 0.05f)
        {
            for (int line = 0; line < 2; line++)
            {
                float at = _person.EyeHeight - _person.BrowHeight - 0.32f - 0.11f * line - 0.03f * MathF.Cos(5 * side);
                Shade(ref tone, 0.28f * e.Forehead * Stroke(v - at, 0.025f) * Coverage(side - 0.4f));
            }
        }
        if (e.Frown > 0.05f)
        {
            float at = _person.EyeHeight - 0.17f;
            Shade(ref tone, 0.4f * e.Frown * Stroke(side - 0.06f, 0.03f) * Coverage(MathF.Abs(v - at) - 0.09f));
        }
    }

    private void PaintNose(ref float tone, float u, float side, float v)
    {
        var e = _expression;
        float tip = _person.EyeHeight + _person.NoseLength - 0.05f * MathF.Max(0, e.Wrinkle);
        float wing = _person.NoseWidth * (1 + 0.25f * MathF.Max(0, e.Wrinkle));
        // One side of the ridge is darker, by where the light comes from.
        float ridge = (v - _person.EyeHeight) / (tip - _person.EyeHeight);
        if (ridge is > 0 and < 1)
        {
            float shadow = u * (_person.LightX > 0 ? -1 : 1) - 0.05f - 0.05f * ridge;
            Shade(ref tone, 0.2f * Stroke(shadow, 0.05f) * ridge);
        }
        float du = side - wing * 0.6f, dv = v - tip;
        Shade(ref tone, 0.55f * Coverage(MathF.Sqrt(du * du + 2.5f * dv * dv) - 0.045f));
        float wu = side - wing * 0.75f, wv = v - tip + 0.03f;
        Shade(ref tone, 0.22f * Stroke(MathF.Sqrt(wu * wu + wv * wv) - 0.07f, 0.025f) * Coverage(wing * 0.75f - side));
        if (e.Wrinkle > 0.1f)
        {
            for (int line = 0; line < 3; line++)
            {
                float at = _person.EyeHeight + 0.02f + 0.085f * line + 0.5f * side;
                Shade(ref tone, 0.38f * e.Wrinkle * Stroke(v - at, 0.028f) * Coverage(side - 0.15f));
            }
        }
        if (e.Fold > 0.05f)
        {
            // From the wing of the nose down and out around the corner of the mouth.
            float t = (v - tip + 0.04f) / 0.34f;
            if (t is > 0 and < 1)
            {
                float at = wing + 0.04f + 0.24f * t - 0.06f * t * t;
                Shade(ref tone, 0.3f * e.Fold * Stroke(side - at, 0.035f) * (1 - t * 0.5f));
            }
        }
    }

    private void PaintEye(ref float tone, float right, float outward, float down)
    {
        var e = _expression;
        float x = outward / _person.EyeWidth;
        float lens = MathF.Max(0, 1 - x * x);
        float upper = -e.UpperLid * lens, lower = e.LowerLid * lens;
        float opening = Coverage(MathF.Max(upper - down, down - lower)) * Coverage(MathF.Abs(outward) - _person.EyeWidth);
        if (opening > 0)
        {
            float white = MathF.Min(0.95f, 0.45f + 0.55f * _person.Skin);
            float du = right - _person.Gaze, dv = down + 0.012f;
            float radius = MathF.Sqrt(du * du + dv * dv);
            float eye = white + (_person.Iris - white) * Coverage(radius - 0.088f);
            eye += (0.02f - eye) * Coverage(radius - 0.04f);
            tone += (eye - tone) * opening;
        }
        float within = Coverage(MathF.Abs(outward) - _person.EyeWidth * 1.05f);
        Shade(ref tone, 0.65f * Stroke(down - upper, 0.045f) * within);
        Shade(ref tone, 0.25f * Stroke(down - lower, 0.025f) * within);
        // The crease above the lid shows where the lid is not pulled up.
        Shade(ref tone, 0.18f * Stroke(down - upper + 0.06f, 0.022f) * within);
    }

    private void PaintMouth(ref float tone, float u, float side, float v)
    {
        var e = _expression;
        float width = e.MouthWidth * _person.MouthScale;
        float x = side / width;
        float drop = v - _person.MouthHeight;
        float inside = MathF.Max(0, 1 - x * x);
        // The line between the lips: corners up or down, the middle stays.
        float middle = -e.Corner * (MathF.Min(x * x, 1.2f) - 0.35f) - 0.12f * e.LipPress * MathF.Min(0, e.LipPress) * inside * 0.25f;
        // An oval opens steeply at its ends, a lens slowly.
        float shape = inside + (MathF.Sqrt(inside) - inside) * Math.Clamp(e.Round, 0, 1);
        float upper = middle - 0.4f * e.Open * shape - e.LipRise * inside * inside;
        float lower = middle + 0.6f * e.Open * shape - 0.65f * e.LipRise * inside * inside;
        float ends = Coverage(side - width);

        float lips = _person.Lips * (1 - 0.75f * Math.Clamp(e.LipPress, 0, 1)) * (0.35f + 0.65f * inside);
        float pout = lips * (1.25f + 0.6f * Math.Clamp(-e.LipPress, 0, 1));
        float lip = Coverage(MathF.Max(upper - lips - drop, drop - lower - pout)) * ends;
        Shade(ref tone, 0.24f * lip);
        if (e.Open > 0.015f)
        {
            float hole = Coverage(MathF.Max(upper - drop, drop - lower)) * ends;
            float dark = 0.1f * _person.Skin;
            float teeth = Coverage(drop - upper - (lower - upper) * Math.Clamp(e.Teeth, 0, 1));
            float inner = dark + (MathF.Min(0.95f, 0.5f + 0.5f * _person.Skin) - dark) * teeth * (e.Teeth > 0.05f ? 0.9f : 0);
            tone += (inner - tone) * hole;
        }
        Shade(ref tone, (0.5f + 0.15f * Math.Clamp(e.LipPress, 0, 1)) * Stroke(drop - upper, 0.032f) * ends);
        Shade(ref tone, 0.32f * Stroke(drop - lower, 0.024f) * ends);
        // Shadows at the corners and under the lower lip.
        float du = side - width, dv = drop + e.Corner * 0.65f;
        Shade(ref tone, 0.35f * Coverage(MathF.Sqrt(du * du + dv * dv) - 0.028f));
        float under = drop - lower - pout - 0.05f;
        Shade(ref tone, (0.14f + 0.14f * Math.Clamp(-e.LipPress, 0, 1)) * Stroke(under, 0.05f) * Coverage(MathF.Abs(u) - width * 0.55f));
    }

    private static void PaintGlasses(ref float tone, float side, float eyeU, float eyeV)
    {
        float x = eyeU / 0.27f, y = (eyeV - 0.02f) / 0.21f;
        float rim = (MathF.Sqrt(MathF.Sqrt(x * x * x * x + y * y * y * y)) - 1) * 0.22f;
        Shade(ref tone, 0.75f * Stroke(rim, 0.045f));
        Shade(ref tone, 0.75f * Stroke(eyeV + 0.04f, 0.04f) * Coverage(side - 0.12f));
    }

    // Share of a pixel that lies inside a part, by the signed distance of its middle.
    private static float Coverage(float distance) => Math.Clamp(0.5f - distance / Pixel, 0, 1);

    // Share of a pixel that a line covers.
    private static float Stroke(float distance, float thickness) =>
        Math.Clamp(0.5f + (thickness * 0.5f - MathF.Abs(distance)) / Pixel, 0, 1);

    private static float Soft(float squared) => squared >= 1 ? 0 : (1 - squared) * (1 - squared);

    private static void Shade(ref float tone, float share) => tone *= 1 - share;

    private static void Cover(ref float tone, float with, float distance) => tone += (with - tone) * Coverage(distance);
}
