using Fer.Pipeline.Tensors;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Builds a <see cref="Network"/> layer by layer; shapes are checked as layers are added.
/// <code>
/// var builder = new NetworkBuilder("Tiny", new Shape(1, 48, 48));
/// builder.Input.Convolution(16, 3).BatchNormalization().Relu().GlobalAveragePool().Linear(7);
/// Network network = builder.Build();
/// </code>
/// </summary>
public sealed class NetworkBuilder(string architecture, Shape input)
{
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<string, int> _kinds = [];

    /// <summary>The network's input, to hang the first layer on.</summary>
    public Layer Input => new(this, -1, input);

    /// <summary>Adds an operation over earlier layers of this builder and gives its output.</summary>
    /// <param name="operation">The operation; one instance may stand in one network only. Where it stands there several times, its weights are shared.</param>
    /// <param name="name">Unique name, or null for the operation's kind and a running number.</param>
    /// <param name="inputs">The layers it reads.</param>
    /// <exception cref="FerException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentException">An input belongs to another builder, or the name is taken.</exception>
    public Layer Add(Operation operation, string? name, params ReadOnlySpan<Layer> inputs)
    {
        var shapes = new Shape[inputs.Length];
        var indices = new int[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Builder != this) throw new ArgumentException("A layer of another builder cannot be an input.", nameof(inputs));
            shapes[i] = inputs[i].Shape;
            indices[i] = inputs[i].Index;
        }
        if (name is null)
        {
            int number = _kinds[operation.Kind] = _kinds.GetValueOrDefault(operation.Kind) + 1;
            name = $"{operation.Kind}{number}";
        }
        if (_nodes.Any(n => n.Name == name)) throw new ArgumentException($"There is a layer '{name}' already.", nameof(name));
        var node = new Node(_nodes.Count, name, operation, indices, operation.OutputShape(shapes));
        _nodes.Add(node);
        return new Layer(this, node.Index, node.Shape);
    }

    /// <summary>Makes the network; the layer added last is its output. Parameters start at zero: call <see cref="Network.Initialize"/> or fill them.</summary>
    /// <exception cref="InvalidOperationException">No layer was added.</exception>
    public Network Build() => _nodes.Count > 0
        ? new Network(architecture, input, [.. _nodes])
        : throw new InvalidOperationException("A network needs at least one layer.");
}

/// <summary>The output of a layer under construction, to hang the next one on.</summary>
/// <param name="Builder">The builder it belongs to.</param>
/// <param name="Index">Its node, or -1 for the network's input.</param>
/// <param name="Shape">Shape of one example.</param>
public readonly record struct Layer(NetworkBuilder Builder, int Index, Shape Shape)
{
    /// <summary>Adds a square convolution; <paramref name="padding"/> null keeps the size at stride 1 (kernel / 2).</summary>
    public Layer Convolution(int channels, int kernel, int stride = 1, int? padding = null, int groups = 1, bool bias = false, Initializer initializer = Initializer.HeNormal) =>
        Then(new Convolution(Shape.Channels, channels, Window.Square(kernel, stride, padding ?? kernel / 2), groups, bias, initializer));

    /// <summary>Adds batch normalisation over this layer's channels.</summary>
    public Layer BatchNormalization(float epsilon = 1e-5f, float momentum = 0.1f) => Then(new BatchNormalization(Shape.Channels, epsilon, momentum));

    /// <summary>Adds max(x, 0).</summary>
    public Layer Relu() => Then(new Relu());

    /// <summary>Adds the exponential linear unit.</summary>
    public Layer Elu(float alpha = 1f) => Then(new Elu(alpha));

    /// <summary>Adds a square max-pool; <paramref name="stride"/> null is the kernel.</summary>
    public Layer MaxPool(int kernel, int? stride = null, int padding = 0) => Then(new MaxPool(Window.Square(kernel, stride ?? kernel, padding)));

    /// <summary>Adds a square average-pool; <paramref name="stride"/> null is the kernel.</summary>
    public Layer AveragePool(int kernel, int? stride = null, int padding = 0) => Then(new AveragePool(Window.Square(kernel, stride ?? kernel, padding)));

    /// <summary>Adds the mean over height and width.</summary>
    public Layer GlobalAveragePool() => Then(new GlobalAveragePool());

    /// <summary>Joins channels, height and width into one axis.</summary>
    public Layer Flatten() => Then(new Flatten());

    /// <summary>Adds a fully connected layer.</summary>
    public Layer Linear(int features, Initializer initializer = Initializer.HeNormal) => Then(new Linear(Shape.Length, features, initializer: initializer));

    /// <summary>Adds dropout.</summary>
    public Layer Dropout(float rate) => Then(new Dropout(rate));

    /// <summary>Adds the constant map (x - mean) * scale.</summary>
    public Layer Affine(float mean, float scale) => Then(new Affine(mean, scale));

    /// <summary>Adds the element-wise sum with <paramref name="other"/>.</summary>
    public Layer Add(Layer other) => Builder.Add(new Add(), null, this, other);

    /// <summary>Joins this layer and <paramref name="others"/> along the channels.</summary>
    public Layer Concat(params ReadOnlySpan<Layer> others) => Builder.Add(new Concat(), null, [this, .. others]);

    /// <summary>Adds probabilities over the channels.</summary>
    public Layer Softmax() => Then(new Softmax());

    private Layer Then(Operation operation) => Builder.Add(operation, null, this);
}
