using Fer.Pipeline.Detection;
using Fer.Pipeline.Images;
using Fer.Pipeline.Models;

namespace Fer.Tests.Detection;

/// <summary>The drawn photograph in docs, which the README's first command looks at.</summary>
public class DrawnPhotographTests
{
    [Fact]
    public void Its_one_face_is_found_and_read_as_happy()
    {
        var photo = ImageDecoder.Load(Path.Combine(TestPaths.Root, "docs", "pictures", "face.png"));
        using var model = FerModel.Load(Path.Combine(TestPaths.Root, "artifacts", "fer-seven.zip"));
        using var finder = FaceFinder.Load();
        var face = Assert.Single(new FacePredictor(model, finder).Predict(photo));
        Assert.Equal("happy", face.Prediction.Label);
    }
}
