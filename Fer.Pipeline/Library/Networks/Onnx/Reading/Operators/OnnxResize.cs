using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>Resizes an image's height and width.</summary>
internal static class OnnxResize
{
    internal static OnnxValue[] ReadUpsample(OnnxNode node)
    {
        node.ExpectInputs(1, 2);
        var x = node.Image(0);
        var interpolation = ReadInterpolation(node.Attributes.TakeText("mode", "nearest"));
        float[] scales = node.Has(1) ? Scales(node, 1) : node.Attributes.TakeFloatsOrNull("scales")
            ?? throw new OnnxFormatException("needs scales");
        return [Resized(
            node, x, scales, null, new ResizeOptions { Interpolation = interpolation, Coordinates = ResizeCoordinates.Asymmetric,
                Rounding = NearestRounding.Floor })];
    }

    internal static OnnxValue[] ReadResize(OnnxNode node)
    {
        node.ExpectInputs(1, 4);
        var x = node.Image(0);
        bool isOld = node.OperatorSet < 11;
        var options = new ResizeOptions
        {
            Interpolation = ReadInterpolation(node.Attributes.TakeText("mode", "nearest")),
            Coordinates = isOld ? ResizeCoordinates.Asymmetric
                : node.Attributes.TakeText("coordinate_transformation_mode", "half_pixel") switch
                {
                    "half_pixel" => ResizeCoordinates.HalfPixel,
                    "pytorch_half_pixel" => ResizeCoordinates.PytorchHalfPixel,
                    "align_corners" => ResizeCoordinates.AlignCorners,
                    "asymmetric" => ResizeCoordinates.Asymmetric,
                    "tf_half_pixel_for_nn" => ResizeCoordinates.TfHalfPixelForNn,
                    "tf_crop_and_resize" => ResizeCoordinates.TfCropAndResize,
                    var other => throw new OnnxFormatException($"has coordinate_transformation_mode = {OnnxText.Quote(other)}"),
                },
            Rounding = isOld ? NearestRounding.Floor : node.Attributes.TakeText("nearest_mode", "round_prefer_floor") switch
            {
                "round_prefer_floor" => NearestRounding.RoundPreferFloor,
                "round_prefer_ceil" => NearestRounding.RoundPreferCeil,
                "floor" => NearestRounding.Floor,
                "ceil" => NearestRounding.Ceil,
                var other => throw new OnnxFormatException($"has nearest_mode = {OnnxText.Quote(other)}"),
            },
            CubicCoefficient = node.Attributes.TakeFloat("cubic_coeff_a", -0.75f),
            ExcludeOutside = node.Attributes.TakeInt("exclude_outside", 0) != 0,
            Extrapolation = node.Attributes.TakeFloat("extrapolation_value", 0),
        };
        node.Attributes.Expect("antialias", 0, 0);
        if (options.Coordinates == ResizeCoordinates.TfCropAndResize)
        {
            float[] region = Scales(node, 1);
            if (region.Length != 8 || region[0] != 0 || region[1] != 0 || region[4] != 1 || region[5] != 1)
                throw new OnnxFormatException("crops batch or channels");
            options = options with { Region = (region[2], region[3], region[6], region[7]) };
        }
        int scalesAt = isOld ? 1 : 2;
        if (node.Has(3)) return [Resized(node, x, null, node.Integers(3), options)];
        if (!node.Has(scalesAt)) throw new OnnxFormatException("needs scales or sizes");
        return [Resized(node, x, Scales(node, scalesAt), null, options)];
    }

    private static Interpolation ReadInterpolation(string mode) => mode switch
    {
        "nearest" => Interpolation.Nearest,
        "linear" or "bilinear" => Interpolation.Linear,
        "cubic" => Interpolation.Cubic,
        _ => throw new OnnxFormatException($"has mode = {OnnxText.Quote(mode)}"),
    };

    private static float[] Scales(OnnxNode node, int input)
    {
        var constant = node.Constant(input);
        return constant.Length <= 8
            ? constant.Floats()
            : throw new OnnxFormatException($"takes initialiser {constant} where one number per axis is needed");
    }

    private static OnnxValue Resized(OnnxNode node, OnnxValue x, float[]? scales, long[]? sizes, ResizeOptions options)
    {
        if ((scales?.Length ?? sizes!.Length) != 4) throw new OnnxFormatException("needs a number for each of 4 axes");
        bool keeps = scales is not null ? scales[0] == 1 && scales[1] == 1
            : (sizes![0] == x.Dimensions[0] || sizes[0] == OnnxConstant.Batch) && sizes[1] == x.Dimensions[1];
        if (!keeps) throw new OnnxFormatException("resizes batch or channels");
        // In float32, to round as other runtimes do.
        double height = scales is not null ? MathF.Floor(x.Dimensions[2] * scales[2]) : sizes![2], width = scales is not null
            ? MathF.Floor(x.Dimensions[3] * scales[3]) : sizes![3];
        if (!(height >= 1 && width >= 1 && height <= node.MaxDimension && width <= node.MaxDimension))
            throw new OnnxFormatException($"resizes to {height}x{width}");
        int[] dimensions = [x.Dimensions[0], x.Dimensions[1], (int)height, (int)width];
        node.CheckShape(dimensions[1..]);
        if (scales is not null)
        {
            options = options with
            {
                ScaleHeight = Stated(scales[2], x.Dimensions[2], height),
                ScaleWidth = Stated(scales[3], x.Dimensions[3], width),
            };
        }
        return x with { Layer = node.Main(new Resize((int)height, (int)width, options), x.Layer), Dimensions = dimensions };

        // The ratio of the sizes, rounded up where other runtimes would miss the size by rounding, is no scale of its own: 0 says so.
        static double Stated(float scale, int from, double to)
        {
            float ratio = (float)(to / from);
            return scale == ratio || scale == MathF.BitIncrement(ratio) ? 0 : scale;
        }
    }
}
