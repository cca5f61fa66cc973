using Fer.Pipeline.AutoML;
using FsCheck;
using FsCheck.Fluent;

namespace Fer.Tests.AutoML;

public class SearchSpaceTests
{
    private readonly SearchSpace<ScriptedOptions> _space = new();

    [Fact]
    public void Attributes_become_dimensions_in_the_order_of_the_source() =>
        Assert.Equal(["Rate", "Kind", "Depth"], _space.Dimensions.Select(d => d.Name));

    [Fact]
    public void Default_is_what_the_type_says()
    {
        Assert.Equal(0.01, _space.Default["Rate"]);
        Assert.Equal("bad", _space.Default["Kind"]);
        Assert.Equal(2, _space.Default["Depth"]);
    }

    [Fact]
    public void Every_place_maps_to_values_inside_and_back() =>
        Prop.ForAll(Gen.Choose(0, 1_000_000).Select(n => n / 1_000_000.0).Three().ToArbitrary(), place =>
        {
            var parameter = _space.SampleFromFeatureSpace([place.Item1, place.Item2, place.Item3]);
            var options = _space.AsType(parameter);
            bool inside = options.Rate is >= 0.001 and <= 1 && options.Depth is >= 1 and <= 4 && options.Kind is "good" or "bad";
            var again = _space.SampleFromFeatureSpace(_space.MappingToFeatureSpace(parameter));
            return inside && again["Kind"].Equals(options.Kind) && again["Depth"].Equals(options.Depth)
                && Math.Abs((double)again["Rate"] / options.Rate - 1) < 1e-9;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Log_scale_gives_each_decade_the_same_share()
    {
        Assert.Equal(0.01, (double)_space.Dimensions[0].FromUnit(1 / 3.0), 1e-12);
        Assert.Equal(0.1, (double)_space.Dimensions[0].FromUnit(2 / 3.0), 1e-12);
    }

    [Fact]
    public void Whole_numbers_have_equal_shares_ends_included()
    {
        var counts = Enumerable.Range(0, 4000).CountBy(i => (int)_space.Dimensions[2].FromUnit((i + 0.5) / 4000)).ToDictionary();
        Assert.Equal([1, 2, 3, 4], counts.Keys.Order());
        Assert.All(counts.Values, c => Assert.Equal(1000, c));
    }

    [Fact]
    public void Choice_can_be_narrowed_and_takes_the_default_along()
    {
        var narrow = _space.WithChoice("Kind", "good");
        Assert.Equal("good", narrow.Default["Kind"]);
        Assert.Equal("good", narrow.SampleFromFeatureSpace([0, 0.99, 0])["Kind"]);
        Assert.Equal("bad", _space.Default["Kind"]);
    }

    [Fact]
    public void Option_can_be_fixed_and_is_no_longer_searched()
    {
        var smaller = _space.WithFixed("Depth", 3);
        Assert.Equal(["Rate", "Kind"], smaller.Dimensions.Select(d => d.Name));
        Assert.Equal(3, smaller.AsType(smaller.SampleFromFeatureSpace([0.2, 0.9])).Depth);
        Assert.Throws<ArgumentException>(() => _space.WithFixed("Dept", 3));
    }

    [Fact]
    public void Condition_needs_an_option_declared_before()
    {
        Assert.Throws<ArgumentException>(() => _space.WithCondition("Kind", "Depth", 2));
        Assert.Throws<ArgumentException>(() => _space.WithCondition("Depth", "Rate", 0.1));
    }

    [Fact]
    public void Property_of_another_type_is_refused_by_name() =>
        Assert.Contains("Wrong", Assert.Throws<ArgumentException>(() => new SearchSpace<RangeOnText>()).Message);

    [Fact]
    public void Default_outside_its_range_is_refused() =>
        Assert.Contains("outside", Assert.Throws<ArgumentException>(() => new SearchSpace<DefaultOutside>()).Message);

    private sealed class RangeOnText
    {
        [Range(0, 1)]
        public string Wrong { get; set; } = "";
    }

    private sealed class DefaultOutside
    {
        [Range(0, 1)]
        public float Value { get; set; } = 2;
    }
}
