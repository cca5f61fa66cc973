using Fer.Pipeline;
using Fer.Pipeline.Networks;

namespace Fer.Tests.Networks;

public class BufferPlanTests
{
    [Fact]
    public void Buffers_alive_at_the_same_step_never_overlap_and_all_lie_within_the_block()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new RandomStream(seed);
            var plan = new BufferPlan();
            var requests = new List<(long Bytes, int From, int To)>();
            for (int i = 0; i < 1 + random.NextInt32(40); i++)
            {
                int from = random.NextInt32(20);
                requests.Add((random.NextInt32(5000), from, from + random.NextInt32(8)));
                Assert.Equal(i, plan.Add(requests[i].Bytes, requests[i].From, requests[i].To));
            }
            long[] offsets = plan.Place();
            for (int i = 0; i < requests.Count; i++)
            {
                Assert.Equal(0, offsets[i] % 64);
                Assert.InRange(offsets[i] + requests[i].Bytes, 0, plan.TotalBytes);
                for (int j = 0; j < i; j++)
                    if (requests[i].From <= requests[j].To && requests[j].From <= requests[i].To && requests[i].Bytes > 0
                        && requests[j].Bytes > 0)
                        Assert.True(offsets[i] + requests[i].Bytes <= offsets[j] || offsets[j] + requests[j].Bytes <= offsets[i]);
            }
        }
    }

    [Fact]
    public void Buffers_with_disjoint_lifetimes_share_memory()
    {
        var plan = new BufferPlan();
        for (int i = 0; i < 10; i++) plan.Add(1000, i, i);
        plan.Place();
        Assert.Equal(1024 + BufferPlan.GuardBytes, plan.TotalBytes);
    }
}
