using Fer.Pipeline.Networks.Proto;

namespace Fer.Pipeline.Networks;

/// <summary>The supported ONNX operators and their readers. To support another one, add its method and an entry in the table.</summary>
internal static class OnnxOperators
{
    private static readonly Dictionary<string, Func<OnnxNode, OnnxValue[]>> Readers = new(StringComparer.Ordinal)
    {
        ["Abs"] = OnnxElementWise.ReadAbs,
        ["Add"] = OnnxArithmetic.ReadAdd,
        ["AveragePool"] = OnnxWindows.ReadAveragePool,
        ["BatchNormalization"] = OnnxNormalizations.ReadBatchNormalization,
        ["Cast"] = OnnxElementWise.ReadCast,
        ["Celu"] = OnnxElementWise.ReadCelu,
        ["Ceil"] = OnnxElementWise.ReadCeil,
        ["Clip"] = OnnxElementWise.ReadClip,
        ["Concat"] = OnnxPieces.ReadConcat,
        ["Conv"] = OnnxWindows.ReadConvolution,
        ["ConvTranspose"] = OnnxTransposedConvolution.Read,
        ["DepthToSpace"] = OnnxShapes.ReadDepthToSpace,
        ["DequantizeLinear"] = OnnxQuantization.ReadDequantize,
        ["Div"] = OnnxArithmetic.ReadDivision,
        ["Dropout"] = OnnxNormalizations.ReadDropout,
        ["Elu"] = OnnxElementWise.ReadElu,
        ["Erf"] = OnnxElementWise.ReadErf,
        ["Exp"] = OnnxElementWise.ReadExp,
        ["Expand"] = OnnxPieces.ReadExpand,
        ["Flatten"] = OnnxShapes.ReadFlatten,
        ["Floor"] = OnnxElementWise.ReadFloor,
        ["GRU"] = OnnxRecurrent.ReadGru,
        ["Gather"] = OnnxPieces.ReadGather,
        ["Gelu"] = OnnxElementWise.ReadGelu,
        ["Gemm"] = OnnxMatrices.ReadGemm,
        ["GlobalAveragePool"] = OnnxReductions.ReadGlobalAveragePool,
        ["GlobalMaxPool"] = OnnxReductions.ReadGlobalMaxPool,
        ["GroupNormalization"] = OnnxStandardization.ReadGroupNormalization,
        ["HardSigmoid"] = OnnxElementWise.ReadHardSigmoid,
        ["HardSwish"] = OnnxElementWise.ReadHardSwish,
        ["Identity"] = OnnxElementWise.ReadIdentity,
        ["InstanceNormalization"] = OnnxStandardization.ReadInstanceNormalization,
        ["LRN"] = OnnxNormalizations.ReadLocalResponseNormalization,
        ["LSTM"] = OnnxRecurrent.ReadLstm,
        ["LayerNormalization"] = OnnxStandardization.ReadLayerNormalization,
        ["LeakyRelu"] = OnnxElementWise.ReadLeakyRelu,
        ["Log"] = OnnxElementWise.ReadLog,
        ["LogSoftmax"] = OnnxNormalizations.ReadLogSoftmax,
        ["MatMul"] = OnnxMatrices.ReadMatMul,
        ["Max"] = OnnxArithmetic.ReadMax,
        ["MaxPool"] = OnnxWindows.ReadMaxPool,
        ["Mean"] = OnnxArithmetic.ReadMean,
        ["Min"] = OnnxArithmetic.ReadMin,
        ["Mish"] = OnnxElementWise.ReadMish,
        ["Mul"] = OnnxArithmetic.ReadMultiplication,
        ["Neg"] = OnnxElementWise.ReadNeg,
        ["PRelu"] = OnnxElementWise.ReadPRelu,
        ["Pad"] = OnnxPieces.ReadPad,
        ["Pow"] = OnnxArithmetic.ReadPower,
        ["QuantizeLinear"] = OnnxQuantization.ReadQuantize,
        ["Reciprocal"] = OnnxElementWise.ReadReciprocal,
        ["ReduceL1"] = OnnxReductions.ReadL1,
        ["ReduceL2"] = OnnxReductions.ReadL2,
        ["ReduceLogSum"] = OnnxReductions.ReadLogSum,
        ["ReduceMax"] = OnnxReductions.ReadMax,
        ["ReduceMean"] = OnnxReductions.ReadMean,
        ["ReduceMin"] = OnnxReductions.ReadMin,
        ["ReduceSum"] = OnnxReductions.ReadSum,
        ["ReduceSumSquare"] = OnnxReductions.ReadSumSquare,
        ["Relu"] = OnnxElementWise.ReadRelu,
        ["Reshape"] = OnnxShapes.ReadReshape,
        ["Resize"] = OnnxResize.ReadResize,
        ["Round"] = OnnxElementWise.ReadRound,
        ["Selu"] = OnnxElementWise.ReadSelu,
        ["Sigmoid"] = OnnxElementWise.ReadSigmoid,
        ["Slice"] = OnnxPieces.ReadSlice,
        ["Softmax"] = OnnxNormalizations.ReadSoftmax,
        ["Softplus"] = OnnxElementWise.ReadSoftplus,
        ["Softsign"] = OnnxElementWise.ReadSoftsign,
        ["SpaceToDepth"] = OnnxShapes.ReadSpaceToDepth,
        ["Split"] = OnnxPieces.ReadSplit,
        ["Sqrt"] = OnnxElementWise.ReadSqrt,
        ["Squeeze"] = OnnxShapes.ReadSqueeze,
        ["Sub"] = OnnxArithmetic.ReadSubtraction,
        ["Sum"] = OnnxArithmetic.ReadSum,
        ["Tanh"] = OnnxElementWise.ReadTanh,
        ["ThresholdedRelu"] = OnnxElementWise.ReadThresholdedRelu,
        ["Tile"] = OnnxPieces.ReadTile,
        ["Transpose"] = OnnxShapes.ReadTranspose,
        ["Unsqueeze"] = OnnxShapes.ReadUnsqueeze,
        ["Upsample"] = OnnxResize.ReadUpsample,
    };

    /// <summary>Operators on shapes and constants, which are evaluated while the graph is read.</summary>
    private static readonly string[] Folded = ["Constant", "ConstantOfShape", "Range", "ReduceProd", "Shape", "Size"];

    /// <summary>The supported operators, for messages.</summary>
    internal static string Known { get; } = string.Join(", ",
        Readers.Keys.Concat(Folded).Concat(OnnxQuantizedOperators.Names).Order(StringComparer.Ordinal));

    internal static bool IsDefaultDomain(string domain) => domain is "" or "ai.onnx";

    internal static bool IsKnown(NodeProto node) =>
        (IsDefaultDomain(node.Domain) && (Readers.ContainsKey(node.OpType) || Folded.Contains(node.OpType)))
        || OnnxQuantizedOperators.IsKnown(node);

    /// <summary>True for operators that become layers of the network.</summary>
    internal static bool IsComputed(NodeProto node) => Readers.ContainsKey(node.OpType);

    internal static OnnxValue[] Read(OnnxNode node) => Readers.TryGetValue(node.OpType, out var read)
        ? read(node)
        : throw new OnnxFormatException("is supported only for constants and shapes");
}
