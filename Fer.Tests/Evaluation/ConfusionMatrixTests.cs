using Fer.Pipeline.Evaluation;

namespace Fer.Tests.Evaluation;

public class ConfusionMatrixTests
{
    private static readonly ConfusionMatrix Matrix = new(["happy", "sad", "neutral"], [[50, 3, 2], [4, 30, 6], [6, 6, 0]]);

    [Fact]
    public void Rows_are_true_and_columns_predicted()
    {
        Assert.Equal([55, 40, 12], Matrix.TrueCounts);
        Assert.Equal([60, 39, 8], Matrix.PredictedCounts);
        Assert.Equal(4, Matrix.GetCountForClassPair(predictedClassIndicatorIndex: 0, actualClassIndicatorIndex: 1));
        Assert.Equal((107, 80, 3), (Matrix.Total, Matrix.Correct, Matrix.NumberOfClasses));
        Assert.Equal(50.0 / 60, Matrix.PerClassPrecision[0]);
        Assert.Equal(50.0 / 55, Matrix.PerClassRecall[0]);
    }

    [Fact]
    public void Top_confusions_come_most_frequent_first_and_ties_in_class_order()
    {
        var top = Matrix.GetTopConfusions(4);
        Assert.Equal(
            [new("sad", "neutral", 6, 6.0 / 40), new("neutral", "happy", 6, 0.5), new("neutral", "sad", 6, 0.5),
                new TopConfusion("sad", "happy", 4, 0.1)],
            top);
    }

    [Fact]
    public void Mistakes_that_never_happened_are_not_listed() =>
        Assert.Empty(new ConfusionMatrix(["a", "b"], [[3, 0], [0, 4]]).GetTopConfusions());

    [Fact]
    public void The_formatted_table_lines_up()
    {
        string expected = """
            true \ predicted |  happy     sad  neutral | recall
            ---------------- | ------  ------  ------- | ------
            happy            |     50       3        2 | 0.9091
            sad              |      4      30        6 | 0.7500
            neutral          |      6       6        0 | 0.0000
            precision        | 0.8333  0.7692   0.0000 |

            """;
        Assert.Equal(expected.ReplaceLineEndings("\n"), Matrix.GetFormattedConfusionTable());
    }

    [Fact]
    public void A_table_that_is_not_square_or_has_negative_counts_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new ConfusionMatrix(["a", "b"], [[1, 2]]));
        Assert.Throws<ArgumentException>(() => new ConfusionMatrix(["a", "b"], [[1, 2], [3]]));
        Assert.Throws<ArgumentException>(() => new ConfusionMatrix(["a", "b"], [[1, 2], [3, -1]]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Matrix.GetCountForClassPair(3, 0));
    }
}
