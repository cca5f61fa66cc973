namespace Fer.Pipeline.Engine;

/// <summary>Initial values of parameters.</summary>
internal static class Initialization
{
    /// <summary>
    /// Initialises all parameters: weights by their <see cref="Initializer"/>, scales and running variances to 1, slopes to 0.25, the rest
    /// to 0; constants are left unchanged.
    /// </summary>
    public static void Initialize(ParameterSet parameters, long seed)
    {
        for (int i = 0; i < parameters.Count; i++)
        {
            var parameter = parameters[i];
            // One stream per parameter, so that adding a layer at the end does not change the weights of earlier layers.
            var random = new RandomStream(seed, i);
            switch (parameter.Kind)
            {
                case ParameterKind.Weight: Fill(parameter, ref random); break;
                case ParameterKind.Scale or ParameterKind.RunningVariance: parameter.Values.Fill(1f); break;
                case ParameterKind.Slope: parameter.Values.Fill(0.25f); break;
                case ParameterKind.Constant: break;
                default: parameter.Values.Clear(); break;
            }
        }
    }

    private static void Fill(NetworkParameter parameter, ref RandomStream random)
    {
        int outputs = parameter.Dimensions[0], perOutput = parameter.Length / outputs;
        int area = parameter.Dimensions.Skip(2).Aggregate(1, (a, b) => a * b);
        var values = parameter.Values;
        switch (parameter.Initializer)
        {
            case Initializer.HeNormal:
                double deviation = Math.Sqrt(2.0 / perOutput);
                foreach (ref float value in values) value = (float)(deviation * random.NextGaussian());
                break;
            case Initializer.XavierUniform:
                double limit = Math.Sqrt(6.0 / (perOutput + outputs * area));
                foreach (ref float value in values) value = (float)random.NextDouble(-limit, limit);
                break;
            case Initializer.Orthogonal:
                FillOrthogonal(values, outputs, perOutput, ref random);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(parameter), parameter.Initializer, "Unknown initializer.");
        }
    }

    /// <summary>
    /// Gaussian rows made orthonormal by the modified Gram-Schmidt process, over the shorter side of the [rows, columns] matrix.
    /// </summary>
    private static void FillOrthogonal(Span<float> values, int rows, int columns, ref RandomStream random)
    {
        bool transposed = rows > columns;
        int count = Math.Min(rows, columns), length = Math.Max(rows, columns);
        var basis = new double[count][];
        for (int i = 0; i < count; i++)
        {
            var vector = basis[i] = new double[length];
            for (int k = 0; k < length; k++) vector[k] = random.NextGaussian();
            for (int j = 0; j < i; j++)
            {
                double dot = 0;
                for (int k = 0; k < length; k++) dot += vector[k] * basis[j][k];
                for (int k = 0; k < length; k++) vector[k] -= dot * basis[j][k];
            }
            double norm = Math.Sqrt(vector.Sum(v => v * v));
            for (int k = 0; k < length; k++) vector[k] /= norm;
            for (int k = 0; k < length; k++)
                values[transposed ? k * columns + i : i * columns + k] = (float)vector[k];
        }
    }
}
