using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Builds a <see cref="Network"/> layer by layer; shapes are checked as layers are added.
/// <code>
/// var builder = new NetworkBuilder("Tiny", new Shape(1, 48, 48));
/// builder.Input.Convolution(16, 3).BatchNormalization().Relu().GlobalAveragePool().Linear(7);
/// Network network = builder.Build();
/// </code>
/// </summary>
public sealed class NetworkBuilder
{
    /// <summary>Default names of inputs and outputs.</summary>
    internal const string DefaultInput = "input", DefaultOutput = "output";

    private readonly string _architecture;
    private readonly List<Node> _nodes = [];
    private readonly List<NetworkInput> _inputs = [];
    private readonly HashSet<string> _names = [], _inputNames = [];
    private readonly Dictionary<string, int> _kinds = [];

    /// <summary>Starts a network with one input.</summary>
    public NetworkBuilder(string architecture, Shape input) : this(architecture) => AddInput(DefaultInput, input);

    /// <summary>Starts a network without inputs; add them with <see cref="AddInput"/>.</summary>
    internal NetworkBuilder(string architecture) => _architecture = architecture;

    /// <summary>The network's first input, to which the first layer is added.</summary>
    public Layer Input => new(this, -1, _inputs[0].Shape);

    /// <summary>Adds another input.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public Layer AddInput(string name, Shape shape)
    {
        if (!_inputNames.Add(name)) throw new ArgumentException($"There is already an input '{name}'.", nameof(name));
        _inputs.Add(new NetworkInput(name, shape));
        return new Layer(this, -_inputs.Count, shape);
    }

    /// <summary>Adds an operation on earlier layers of this builder and returns its output.</summary>
    /// <param name="operation">The operation; an instance may be used in only one network. If it is used several times in that network, its
    /// weights are shared.</param>
    /// <param name="name">Unique name, or null for the operation's kind and a sequence number.</param>
    /// <param name="inputs">Its input layers.</param>
    /// <exception cref="FerException">The shapes do not match.</exception>
    /// <exception cref="ArgumentException">An input belongs to another builder, or the name is taken.</exception>
    public Layer Add(Operation operation, string? name, params ReadOnlySpan<Layer> inputs)
    {
        var shapes = new Shape[inputs.Length];
        var indices = new int[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Builder != this) throw new ArgumentException("An input cannot be a layer of another builder.", nameof(inputs));
            shapes[i] = inputs[i].Shape;
            indices[i] = inputs[i].Index;
        }
        var shape = operation.OutputShape(shapes);
        if (name is null)
        {
            int number = _kinds[operation.Kind] = _kinds.GetValueOrDefault(operation.Kind) + 1;
            name = $"{operation.Kind}{number}";
        }
        if (!_names.Add(name)) throw new ArgumentException($"There is already a layer '{name}'.", nameof(name));
        var node = new Node(_nodes.Count, name, operation, indices, shape);
        _nodes.Add(node);
        return new Layer(this, node.Index, node.Shape);
    }

    /// <summary><paramref name="name"/>, with underscores appended if a layer already has that name.</summary>
    internal string FreeName(string name)
    {
        while (_nodes.Any(n => n.Name == name)) name += "_";
        return name;
    }

    /// <summary>
    /// Builds the network; its output is the last layer added. Parameters are zero: call <see cref="Network.Initialize"/> or fill them.
    /// </summary>
    /// <exception cref="InvalidOperationException">No layer was added.</exception>
    public Network Build() => _nodes.Count > 0
        ? Build((DefaultOutput, new Layer(this, _nodes.Count - 1, _nodes[^1].Shape)))
        : throw new InvalidOperationException("A network needs at least one layer.");

    /// <summary>
    /// Builds the network with the named outputs, each a layer of this builder. Layers that no output needs are left out.
    /// </summary>
    /// <exception cref="ArgumentException">There are no outputs, or one is an input or belongs to another builder.</exception>
    public Network Build(params ReadOnlySpan<(string Name, Layer Layer)> outputs)
    {
        if (outputs.Length == 0) throw new ArgumentException("A network needs at least one output.", nameof(outputs));
        var needed = new bool[_nodes.Count];
        foreach (var (_, layer) in outputs)
            if (layer.Builder == this && layer.Index >= 0) needed[layer.Index] = true;
            else throw new ArgumentException("An output must be a layer of this builder.", nameof(outputs));
        for (int i = _nodes.Count - 1; i >= 0; i--)
            foreach (int input in _nodes[i].Inputs)
                if (needed[i] && input >= 0) needed[input] = true;
        var index = new int[_nodes.Count];
        var nodes = new List<Node>();
        foreach (var node in _nodes.Where(n => needed[n.Index]))
        {
            index[node.Index] = nodes.Count;
            nodes.Add(node with { Index = nodes.Count, Inputs = [.. node.Inputs.Select(i => i < 0 ? i : index[i])] });
        }
        var named = new List<NetworkOutput>();
        foreach (var (name, layer) in outputs) named.Add(new NetworkOutput(name, index[layer.Index], layer.Shape));
        return new Network(_architecture, [.. _inputs], nodes, named);
    }
}

/// <summary>The output of a layer under construction, to which the next layer is added.</summary>
/// <param name="Builder">The builder it belongs to.</param>
/// <param name="Index">Its node, or -1 for the network's input.</param>
/// <param name="Shape">Shape of one example.</param>
public readonly record struct Layer(NetworkBuilder Builder, int Index, Shape Shape)
{
    /// <summary>Adds a square convolution; a <paramref name="padding"/> of null keeps the size at stride 1 (kernel / 2).</summary>
    public Layer Convolution(int channels, int kernel, int stride = 1, int? padding = null, int groups = 1, bool bias = false,
        Initializer initializer = Initializer.HeNormal, int dilation = 1) =>
        Then(new Convolution(Shape.Channels, channels, Window.Square(kernel, stride, padding ?? kernel / 2 * dilation, dilation), groups,
            bias, initializer));

    /// <summary>Adds batch normalisation.</summary>
    public Layer BatchNormalization(float epsilon = 1e-5f, float momentum = 0.1f) =>
        Then(new BatchNormalization(Shape.Channels, epsilon, momentum));

    /// <summary>Adds a ReLU: max(x, 0).</summary>
    public Layer Relu() => Then(new Relu());

    /// <summary>Adds an exponential linear unit (ELU).</summary>
    public Layer Elu(float alpha = 1f) => Then(new Elu(alpha));

    /// <summary>Clips values to [<paramref name="minimum"/>, <paramref name="maximum"/>].</summary>
    public Layer Clip(float minimum, float maximum) => Then(new Clip(minimum, maximum));

    /// <summary>Adds MobileNet's ReLU6: min(max(x, 0), 6).</summary>
    public Layer Relu6() => Clip(0, 6);

    /// <summary>Adds a leaky ReLU.</summary>
    public Layer LeakyRelu(float alpha = 0.01f) => Then(new LeakyRelu(alpha));

    /// <summary>Adds a PReLU with one slope per channel.</summary>
    public Layer PRelu() => Then(new PRelu(Shape.Channels));

    /// <summary>Adds a sigmoid.</summary>
    public Layer Sigmoid() => Then(new Sigmoid());

    /// <summary>Adds the hyperbolic tangent.</summary>
    public Layer Tanh() => Then(new Tanh());

    /// <summary>Adds local response normalisation over adjacent channels.</summary>
    public Layer LocalResponseNormalization(int size, float alpha = 1e-4f, float beta = 0.75f, float bias = 1) =>
        Then(new LocalResponseNormalization(size, alpha, beta, bias));

    /// <summary>Adds square max pooling; a <paramref name="stride"/> of null equals the kernel.</summary>
    public Layer MaxPool(int kernel, int? stride = null, int padding = 0, bool ceilMode = false) =>
        Then(new MaxPool(Window.Square(kernel, stride ?? kernel, padding) with { CeilMode = ceilMode }));

    /// <summary>Adds square average pooling; a <paramref name="stride"/> of null equals the kernel.</summary>
    public Layer AveragePool(int kernel, int? stride = null, int padding = 0, bool countPadding = false, bool ceilMode = false) =>
        Then(new AveragePool(Window.Square(kernel, stride ?? kernel, padding) with { CeilMode = ceilMode }, countPadding));

    /// <summary>Adds global average pooling: the mean over height and width.</summary>
    public Layer GlobalAveragePool() => Then(new GlobalAveragePool());

    /// <summary>Flattens channels, height and width into one axis.</summary>
    public Layer Flatten() => Then(new Flatten());

    /// <summary>Adds a fully connected layer.</summary>
    public Layer Linear(int features, Initializer initializer = Initializer.HeNormal) =>
        Then(new Linear(Shape.Length, features, initializer: initializer));

    /// <summary>Adds dropout.</summary>
    public Layer Dropout(float rate) => Then(new Dropout(rate));

    /// <summary>Adds the constant map (x - mean) * scale.</summary>
    public Layer Affine(float mean, float scale) => Then(new Affine(mean, scale));

    /// <summary>Pads each channel with <paramref name="fill"/>.</summary>
    public Layer Pad(int top, int left, int bottom, int right, float fill = 0) =>
        Then(Rearrange.Pad(Shape, top, left, bottom, right, fill));

    /// <summary>Crops each channel to a rectangle.</summary>
    public Layer Crop(int top, int left, int height, int width) => Then(new Crop(top, left, height, width));

    /// <summary>Selects channels [<paramref name="first"/>, first + <paramref name="count"/>): one branch of a split.</summary>
    public Layer SliceChannels(int first, int count) => first >= 0 && count > 0 && first + count <= Shape.Channels
        ? Then(Rearrange.SelectChannels(Shape, [.. Enumerable.Range(first, count)]))
        : throw new FerException($"Channels {first} … {first + count - 1} cannot be taken from {Shape}.");

    /// <summary>Shuffles the channels across <paramref name="groups"/> groups.</summary>
    public Layer ShuffleChannels(int groups) => Then(Rearrange.ShuffleChannels(Shape, groups));

    /// <summary>Resizes each channel.</summary>
    public Layer Resize(int height, int width, ResizeOptions? options = null) => Then(new Resize(height, width, options));

    /// <summary>
    /// Reshapes the values without moving them: <c>Reshape(new Shape(width, height))</c> turns a one-channel image's rows into the steps of
    /// a sequence.
    /// </summary>
    public Layer Reshape(Shape shape) => Then(new Reshape(shape));

    /// <summary>Adds an LSTM over the height's steps; the output is the state after every step.</summary>
    public Layer Lstm(int units, bool reverse = false) => Then(new Lstm(Shape.Channels, units, reverse));

    /// <summary>Adds a GRU over the height's steps; the output is the state after every step.</summary>
    public Layer Gru(int units, bool reverse = false) => Then(new Gru(Shape.Channels, units, reverse));

    /// <summary>Selects the last row: for a recurrent layer the final state.</summary>
    public Layer LastStep() => Crop(Shape.Height - 1, 0, 1, Shape.Width);

    /// <summary>Adds element-wise arithmetic with <paramref name="other"/>; each size must be the same or 1.</summary>
    public Layer Arithmetic(ArithmeticFunction function, Layer other) => Builder.Add(new Arithmetic(function), null, this, other);

    /// <summary>Adds the product with <paramref name="other"/>, for instance one factor per channel.</summary>
    public Layer Multiply(Layer other) => Arithmetic(ArithmeticFunction.Multiply, other);

    /// <summary>Adds the element-wise sum with <paramref name="other"/>.</summary>
    public Layer Add(Layer other) => Builder.Add(new Add(), null, this, other);

    /// <summary>Concatenates this layer and <paramref name="others"/> along the channels.</summary>
    public Layer Concat(params ReadOnlySpan<Layer> others) => Builder.Add(new Concat(), null, [this, .. others]);

    /// <summary>Adds a softmax over the channels.</summary>
    public Layer Softmax() => Then(new Softmax());

    private Layer Then(Operation operation) => Builder.Add(operation, null, this);
}
