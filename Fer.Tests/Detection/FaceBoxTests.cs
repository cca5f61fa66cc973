using Fer.Pipeline.Detection;

namespace Fer.Tests.Detection;

public class FaceBoxTests
{
    [Theory]
    [InlineData(0, 0, 10, 10, 1f)]
    [InlineData(5, 0, 10, 10, 1f / 3)]
    [InlineData(10, 0, 10, 10, 0f)]
    [InlineData(2, 2, 5, 4, 0.2f)]
    [InlineData(0, 0, 0, 0, 0f)]
    public void Overlap_is_the_common_area_over_that_of_either(float x, float y, float width, float height, float expected)
    {
        var box = new FaceBox(0, 0, 10, 10);
        var other = new FaceBox(x, y, width, height);
        Assert.Equal(expected, box.IntersectionOverUnion(other), 1e-6f);
        Assert.Equal(expected, other.IntersectionOverUnion(box), 1e-6f);
    }

    [Fact]
    public void Two_empty_boxes_do_not_overlap() => Assert.Equal(0, default(FaceBox).IntersectionOverUnion(default));
}
