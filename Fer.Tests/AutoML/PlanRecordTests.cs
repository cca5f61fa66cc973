using System.Text.Json;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Training;

namespace Fer.Tests.AutoML;

public sealed class PlanRecordTests
{
    [Fact]
    public void A_speed_is_found_by_its_setting_whatever_the_order_in_the_file()
    {
        var options = new ImageClassificationTrainer.Options { Width = 0.75 };
        string key = Calibration.KeyOf(options);
        foreach (string[] order in (string[][])[["other/1/48", key], [key, "other/1/48"]])
        {
            var speeds = order.ToDictionary(k => k, k => k == key ? 800.0 : 10);
            var plan = BudgetPlan.Create(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20), 0);
            var record = new PlanRecord { DataSha256 = "", BudgetSeconds = 600, Plan = plan, Width = 0.75, ImagesPerSecond = speeds };
            var read = JsonSerializer.Deserialize<PlanRecord>(JsonSerializer.Serialize(record))!;
            Assert.Equal(800, read.SpeedOf(options));
            Assert.Null(read.SpeedOf(options with { Width = 2 }));
        }
    }
}
