using Fer.Pipeline.AutoML;

namespace Fer.Tests.AutoML;

public class NestedSpaceTests
{
    private readonly SearchSpace<Outer> _space = new();

    [Fact]
    public void Nested_options_are_searched_under_joined_names() =>
        Assert.Equal(["Optimizer", "Rate", "AdamRate", "Inner.Size", "Inner.Strength"], _space.Dimensions.Select(d => d.Name));

    [Fact]
    public void Values_reach_the_nested_object_and_leave_the_default_alone()
    {
        var setting = _space.SampleFromFeatureSpace([0, 0.5, 0.5, 0.99, 1]);
        var options = _space.AsType(setting);
        Assert.Equal(48, options.Inner.Size);
        Assert.Equal(2, options.Inner.Strength, 1e-9);
        Assert.Equal(7, options.Inner.Fixed);
        Assert.Equal(40, _space.AsType(_space.Default).Inner.Size);
        Assert.NotSame(options.Inner, _space.AsType(setting).Inner);
    }

    [Fact]
    public void Options_whose_condition_is_not_met_keep_their_default_so_that_equal_settings_are_equal()
    {
        var a = _space.SampleFromFeatureSpace([0.2, 0.7, 0.1, 0.1, 0.3]);
        var b = _space.SampleFromFeatureSpace([0.2, 0.7, 0.9, 0.1, 0.8]);
        Assert.Equal(Kind.Sgd, a["Optimizer"]);
        Assert.Equal(a, b);
        Assert.Equal(0.001, a["AdamRate"]);
        var adam = _space.SampleFromFeatureSpace([0.9, 0.7, 1, 0.9, 0]);
        Assert.Equal(Kind.Adam, adam["Optimizer"]);
        Assert.Equal(0.05, adam["Rate"]);
        Assert.Equal(0.01, (double)adam["AdamRate"], 1e-12);
        // Only at 48 does strength count.
        Assert.Equal(1.0, a["Inner.Strength"]);
        Assert.Equal(0.5, adam["Inner.Strength"]);
    }

    [Fact]
    public void Narrowed_choices_keep_the_conditions()
    {
        var narrow = _space.WithChoice("Optimizer", Kind.Adam).WithChoice("Inner.Size", 48);
        Assert.Equal(48, narrow.AsType(narrow.Default).Inner.Size);
        Assert.Equal(0.05, narrow.SampleFromFeatureSpace([0, 0.9, 0.5, 0, 0])["Rate"]);
    }

    [Fact]
    public void A_condition_on_an_unknown_option_is_refused_by_name() =>
        Assert.Contains("Nothing", Assert.Throws<ArgumentException>(() => new SearchSpace<Wrong>()).Message);

    private enum Kind
    {
        Sgd,
        Adam,
    }

    private sealed record Outer
    {
        [Choice("Sgd", "Adam")]
        public Kind Optimizer { get; init; } = Kind.Sgd;

        [Range(0.01, 0.1), When(nameof(Optimizer), "Sgd")]
        public double Rate { get; init; } = 0.05;

        [Range(0.0001, 0.01, logBase: true), When(nameof(Optimizer), "Adam")]
        public double AdamRate { get; init; } = 0.001;

        [NestOption]
        public Inner Inner { get; init; } = new();
    }

    private sealed record Inner
    {
        [Choice(40, 48)]
        public int Size { get; init; } = 40;

        [Range(0.5, 2), When(nameof(Size), 48)]
        public double Strength { get; init; } = 1;

        public int Fixed { get; init; } = 7;
    }

    private sealed class Wrong
    {
        [Range(0, 1), When("Nothing", 1)]
        public double Value { get; set; }
    }
}
