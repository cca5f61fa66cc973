using Fer.Server;

namespace Fer.Tests.Server;

public sealed class ViewBudgetTests
{
    private static readonly int[] Ten = [1, 2, 5, 10];

    /// <summary>Answers frames of 40 ms on a machine where a view of a face takes so long; gives the views of each.</summary>
    private static int[] Run(ViewBudget budget, int frames, int faces, double viewMilliseconds, double before = 6) =>
        [.. Enumerable.Range(0, frames).Select(_ =>
        {
            int views = budget.Choose(faces, before);
            budget.Observe(faces, views, faces * views * viewMilliseconds);
            return views;
        })];

    [Fact]
    public void An_idle_machine_looks_at_all_views()
    {
        Assert.All(Run(new ViewBudget(Ten, 40), 100, 1, 1.5), views => Assert.Equal(10, views));
    }

    [Fact]
    public void Under_load_no_answer_but_the_one_that_shows_it_is_late_and_the_number_rises_again()
    {
        var budget = new ViewBudget(Ten, 40);
        Run(budget, 10, 1, 1.5);
        int[] busy = Run(budget, 50, 1, 8);
        Assert.Equal(10, busy[0]);
        Assert.All(busy[1..], views => Assert.True(6 + views * 8 <= 40, $"{views} views take too long."));
        Assert.Equal(2, busy[^1]);
        Assert.Equal(10, Run(budget, 60, 1, 1.5)[^1]);
    }

    [Fact]
    public void More_faces_are_seen_to_take_longer_before_they_do()
    {
        var budget = new ViewBudget(Ten, 40);
        Run(budget, 10, 1, 1.5);
        // Eight faces of ten views would take 120 ms, of five 60.
        Assert.All(Run(budget, 20, 8, 1.5), views => Assert.Equal(2, views));
        Assert.Equal(10, Run(budget, 40, 1, 1.5)[^1]);
    }

    [Fact]
    public void A_machine_that_cannot_hold_the_larger_number_is_tried_ever_more_seldom()
    {
        // Few views cost more each than many: so the next number looks affordable, and is not.
        var budget = new ViewBudget(Ten, 40);
        var chosen = new List<int>();
        for (int i = 0; i < 2000; i++)
        {
            int views = budget.Choose(1, 6);
            budget.Observe(1, views, views * (views == 10 ? 5 : 2));
            chosen.Add(views);
        }
        int early = chosen.Take(1000).Count(views => views == 10), late = chosen.Skip(1000).Count(views => views == 10);
        Assert.True(late < early && late <= 8, $"{early} and {late} of 1,000 answers were late.");
    }

    [Fact]
    public void With_one_number_to_choose_from_there_is_no_choice()
    {
        Assert.All(Run(new ViewBudget([1], 40), 20, 3, 100), views => Assert.Equal(1, views));
    }
}
