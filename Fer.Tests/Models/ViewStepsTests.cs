using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Tests.Networks;

namespace Fer.Tests.Models;

public sealed class ViewStepsTests
{
    private static readonly LogitCalibration Calibration = LogitCalibration.None(LabelScheme.Seven.ClassNames.Count);

    private static float[] Predict(Network network)
    {
        using var pool = new WorkerPool(1);
        using var executor = new NetworkExecutor(network, 1, training: false, pool);
        for (int i = 0; i < executor.Input.Length; i++) executor.Input[i] = i * 37 % 251;
        executor.Forward(1);
        return [.. executor.Output];
    }

    private static void AssertSame(Network expected, Network actual)
    {
        float[] wanted = Predict(expected), got = Predict(actual);
        Assert.Equal(wanted.Length, got.Length);
        for (int i = 0; i < wanted.Length; i++) Assert.Equal(wanted[i], got[i], 1e-5f);
    }

    [Fact]
    public void Fewer_views_are_the_model_that_was_made_of_those_views()
    {
        var classifier = TestNetworks.Classifier();
        var steps = ViewSteps.Of(InferenceGraph.Create([classifier], FaceViews.Ten, Calibration));
        Assert.Equal([1, 2, 5, 10], steps.Select(step => step.Views));
        AssertSame(InferenceGraph.Create([classifier], FaceViews.Centre, Calibration), steps[0].Network);
        AssertSame(InferenceGraph.Create([classifier], FaceViews.Flip, Calibration), steps[1].Network);
        AssertSame(InferenceGraph.Create([classifier], FaceViews.Five, Calibration), steps[2].Network);
    }

    [Fact]
    public void They_share_the_models_parameters_and_are_found_after_saving_and_loading()
    {
        using var models = new TestModels();
        var classifier = TestNetworks.Classifier();
        var biased = new LogitCalibration(1.3, [.. Calibration.Biases.Select((_, i) => 0.1 * i)]);
        ModelZip.Save(models.Path("views.zip"), InferenceGraph.Create([classifier], FaceViews.Zoom, biased), TestModels.Manifest(),
            TestModels.Metrics);
        var network = ModelZip.Load(models.Path("views.zip")).Network;
        var steps = ViewSteps.Of(network);
        Assert.Equal([1, 2, 4], steps.Select(step => step.Views));
        Assert.All(steps, step => Assert.Same(network.Parameters, step.Network.Parameters));
        AssertSame(InferenceGraph.Create([classifier], FaceViews.Centre, biased), steps[0].Network);
        AssertSame(InferenceGraph.Create([classifier], FaceViews.Flip, biased), steps[1].Network);
    }

    [Fact]
    public void Every_classifier_of_an_ensemble_keeps_a_view()
    {
        Network[] members = [TestNetworks.Classifier(), TestNetworks.Classifier(seed: 9)];
        var steps = ViewSteps.Of(InferenceGraph.Create(members, FaceViews.Flip, Calibration));
        Assert.Equal([2, 4], steps.Select(step => step.Views));
        AssertSame(InferenceGraph.Create(members, FaceViews.Centre, Calibration), steps[0].Network);
    }

    [Fact]
    public void A_model_of_one_view_and_a_network_of_another_make_are_one_step()
    {
        var one = InferenceGraph.Create(TestNetworks.Classifier());
        Assert.Equal([(1, one)], ViewSteps.Of(one));
        Assert.Equal(1, Assert.Single(ViewSteps.Of(TestNetworks.Classifier())).Views);
    }
}
