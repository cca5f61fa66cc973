namespace Fer.Pipeline.Evaluation;

/// <summary>The metrics of a bootstrap resample, summed row by row.</summary>
internal sealed class ResampledTotals(int classes)
{
    private readonly int[] _right = new int[classes], _true = new int[classes], _predicted = new int[classes];
    private readonly CalibrationBins _bins = new(FaceClassificationMetrics.Bins);
    private double _loss, _brier;
    private int _count, _hits;

    internal double Accuracy => Share(_hits, _count);

    internal double LogLoss => Share(_loss, _count);

    internal double Brier => Share(_brier, _count);

    internal double CalibrationError => _bins.ExpectedCalibrationError();

    internal double MacroF1 => Enumerable.Range(0, classes).Where(k => _true[k] + _predicted[k] > 0).Select(F1).DefaultIfEmpty(0).Average();

    internal double MacroAccuracy => Enumerable.Range(0, classes).Where(k => _true[k] > 0).Select(Recall).DefaultIfEmpty(0).Average();

    internal double LogLossReduction
    {
        get
        {
            double prior = _true.Where(count => count > 0).Sum(count => -Share(count, _count) * Math.Log(Share(count, _count)));
            return prior == 0 ? 0 : (prior - LogLoss) / prior;
        }
    }

    internal double F1(int k) => Share(2 * _right[k], _true[k] + _predicted[k]);

    internal double Recall(int k) => Share(_right[k], _true[k]);

    internal void Add(in RowOutcome row)
    {
        _count++;
        _true[row.Label]++;
        _predicted[row.Predicted]++;
        if (row.IsRight)
        {
            _hits++;
            _right[row.Label]++;
        }
        _loss += row.Loss;
        _brier += row.Brier;
        _bins.Add(row.Confidence, row.IsRight);
    }

    private static double Share(double part, double whole) => whole == 0 ? 0 : part / whole;
}
