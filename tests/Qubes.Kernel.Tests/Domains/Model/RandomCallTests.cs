using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Tests.Domains.Model;

/// <summary>Random sequences of valid and invalid calls, compared with the model after every call.</summary>
public sealed class RandomCallTests
{
    private const int Sequences = 60;
    private const int Calls = 80;

    [Fact]
    public async Task The_kernel_accepts_and_stores_what_the_model_does_and_a_refused_call_changes_nothing()
    {
        var (accepted, refused) = (0, 0);
        for (var seed = 0; seed < Sequences; seed++)
        {
            await using var kernel = await TestKernel.StartAsync();
            var (model, random, story) = (new ModelState(), new Random(seed), new List<string> { $"seed {seed}" });
            foreach (var call in RandomCall.Prelude.Concat(Enumerable.Range(0, Calls).Select(_ => RandomCall.Next(random))))
            {
                story.Add(call.Text);
                var isAccepted = await CallAsync(kernel, call, story);
                if (isAccepted)
                    accepted++;
                else
                    refused++;
                Assert.True(call.OnModel(model) == isAccepted, $"the model disagrees: accepted is {isAccepted}\n{string.Join('\n', story)}");
                var (expected, actual) = (DomainText.Of(model), await kernel.OnLoop(() => DomainText.Of(kernel.Qubes)));
                Assert.True(
                    expected.SequenceEqual(actual),
                    $"only in the model: {string.Join(", ", expected.Except(actual))}; only in the kernel: "
                    + $"{string.Join(", ", actual.Except(expected))}\n{string.Join('\n', story)}");
            }
        }
        // The sequences are of use only while both kinds of call are common.
        Assert.InRange(accepted / (double)(accepted + refused), 0.2, 0.8);
    }

    [Fact]
    public async Task The_state_reopened_after_each_sequence_equals_the_one_in_memory()
    {
        var kernel = await TestKernel.StartAsync();
        for (var seed = 1000; seed < 1000 + Sequences / 2; seed++)
        {
            var random = new Random(seed);
            foreach (var call in RandomCall.Prelude.Concat(Enumerable.Range(0, Calls / 2).Select(_ => RandomCall.Next(random))))
                await CallAsync(kernel, call, []);
            var before = await kernel.OnLoop(() => DomainText.Whole(kernel.Qubes));
            kernel = await kernel.RestartAsync();
            Assert.Equal(before, await kernel.OnLoop(() => DomainText.Whole(kernel.Qubes)));
        }
        await kernel.DisposeAsync();
    }

    private static async Task<bool> CallAsync(TestKernel kernel, RandomCall call, List<string> story)
    {
        var before = await kernel.OnLoop(() => DomainText.Whole(kernel.Qubes));
        try
        {
            await kernel.OnLoop(() => call.OnKernel(kernel.Qubes));
            return true;
        }
        catch (QubesException)
        {
            var after = await kernel.OnLoop(() => DomainText.Whole(kernel.Qubes));
            Assert.True(before.SequenceEqual(after), $"a refused call changed something\n{string.Join('\n', story)}");
            return false;
        }
    }
}
