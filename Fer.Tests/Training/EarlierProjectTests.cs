using Fer.Pipeline;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Training;

namespace Fer.Tests.Training;

public class EarlierProjectTests
{
    [Fact]
    public void Every_recipe_names_a_known_network_and_has_options_that_hold()
    {
        foreach (var project in EarlierProject.All)
        {
            Assert.Contains(project.Options.Arch, Architectures.Names);
            _ = new ImageClassificationTrainer(project.Options);
            Assert.Same(project, EarlierProject.Find(project.Name.ToUpperInvariant()));
        }
        Assert.Equal(EarlierProject.All.Count, EarlierProject.All.Select(p => p.Name).Distinct().Count());
    }

    [Fact]
    public void Every_recipe_learns_from_a_few_faces()
    {
        foreach (var project in EarlierProject.All.DistinctBy(p => p.Options.Arch).Where(p => p.Minutes <= 20))
        {
            var faces = SyntheticFaces.Create(96, project.Scheme.ClassNames.Count, seed: 3);
            var result = new ImageClassificationTrainer(
                project.Options with { Epoch = 2, BatchSize = 32, Threads = 1, EarlyStoppingCriteria = null }).Fit(faces, null,
                    TestContext.Current.CancellationToken);
            Assert.Equal(TrainingOutcome.Completed, result.Outcome);
            Assert.True(result.History[^1].TrainingLoss < result.History[0].TrainingLoss,
                $"{project.Name}: {result.History[0].TrainingLoss} to {result.History[^1].TrainingLoss}");
        }
    }

    [Fact]
    public void Unknown_project_is_refused_with_the_known_ones() =>
        Assert.Contains("course-cnn", Assert.Throws<FerUsageException>(() => EarlierProject.Find("vgg")).Message);
}
