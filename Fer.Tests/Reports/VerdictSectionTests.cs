using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Reports;

namespace Fer.Tests.Reports;

public class VerdictSectionTests
{
    private static readonly string[] Seven = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"];

    /// <summary>Metrics of a model that answers each label with a class, sure of it.</summary>
    private static FaceClassificationMetrics Metrics(IReadOnlyList<string> names, params (int Label, int Answer, int Times)[] answers)
    {
        var labels = new List<int>();
        var probabilities = new List<float>();
        foreach (var (label, answer, times) in answers)
            for (int i = 0; i < times; i++)
            {
                labels.Add(label);
                for (int k = 0; k < names.Count; k++) probabilities.Add(k == answer ? 1 : 0);
            }
        return FaceClassificationMetrics.Compute(probabilities.ToArray(), labels.ToArray(), names);
    }

    private static string Html(FaceClassificationMetrics metrics, bool isFer2013, ErrorAnalysis? analysis = null) =>
        ExperimentReport.ToHtml(new()
        {
            Title = "A model",
            ClassNames = metrics.PerClass.Select(c => c.Name).ToArray(),
            IsFer2013 = isFer2013,
            ModelFile = "model.zip",
            Evaluations = [new("PublicTest", metrics) { Analysis = analysis }],
        }).Replace("\u00A0", " ", StringComparison.Ordinal);

    [Fact]
    public void It_says_how_good_the_model_is_what_it_never_says_and_what_it_takes_for_what()
    {
        string page = Html(Metrics(Seven, (3, 3, 400), (4, 4, 300), (4, 3, 60), (1, 4, 40), (6, 6, 200)), isFer2013: true);
        Assert.Contains("names 90.0 % of 1,000 faces rightly", page);
        Assert.Contains("Always answering &#39;happy&#39; would get 40.0 %, guessing 14.3 %.", page);
        Assert.Contains("above people", page);
        Assert.Contains("It never says disgust.", page);
        Assert.Contains("Most often it takes sad for happy (17 % of sad) and disgust for sad (100 % of disgust).", page);
        Assert.Contains("names = [&quot;angry&quot;, &quot;disgust&quot;", page);
    }

    [Fact]
    public void A_model_that_only_knows_the_most_frequent_class_is_called_so_and_people_are_named_for_fer2013_alone()
    {
        string page = Html(Metrics(Seven, (3, 3, 50), (4, 3, 50)), isFer2013: true);
        Assert.Contains("not learnt more than which class is the most frequent", page);
        Assert.DoesNotContain("people", Html(Metrics(["a", "b"], (0, 0, 90), (1, 1, 90)), isFer2013: true));
        Assert.DoesNotContain("people", Html(Metrics(Seven, (0, 0, 90), (1, 1, 90)), isFer2013: false));
    }
}
