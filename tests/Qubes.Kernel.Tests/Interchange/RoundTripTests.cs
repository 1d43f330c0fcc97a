using Qubes.Kernel.Domains;
using Qubes.Kernel.Interchange.Export;
using Qubes.Kernel.Interchange.Xml;
using Qubes.Kernel.Store;
using Qubes.Kernel.Tests.Domains;
using Qubes.Kernel.Tests.Domains.Model;
using Qubes.Kernel.Tests.Store;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Tests.Interchange;

/// <summary>Whatever calls made of a state, its export imports as the same state.</summary>
public sealed class RoundTripTests
{
    private const int Sequences = 40;
    private const int Calls = 60;

    [Fact]
    public async Task An_export_of_any_state_imports_into_an_empty_one_as_the_same()
    {
        for (var seed = 5000; seed < 5000 + Sequences; seed++)
        {
            await using var kernel = await TestKernel.StartAsync();
            var random = new Random(seed);
            foreach (var call in RandomCall.Prelude.Concat(Enumerable.Range(0, Calls).Select(_ => RandomCall.Next(random))))
                await TryAsync(kernel, () => call.OnKernel(kernel.Qubes));
            await TryAsync(kernel, () => DecorateAsync(kernel, random));
            var state = await kernel.OnLoop(() => kernel.Stored);
            using var file = new MemoryStream();
            DocumentWriter.Write(new Exporter(state, kernel.Paths, []).Export(), file);

            await using var bench = new ImportBench();
            bench.Import(System.Text.Encoding.UTF8.GetString(file.ToArray()));

            Assert.Equal(Below(kernel.Paths.Root, StateText.Of(state)), Below(bench.Paths.Root, await bench.ReopenAsync()));
        }
    }

    [Fact]
    public async Task A_text_that_XML_cannot_hold_is_refused_in_one_line()
    {
        await using var bench = new ImportBench();
        bench.Store.PutQube(new(0, Guid.Empty, "dom0", "AdminVM"));
        bench.Store.PutFeature(0, "a", "\u0001");
        bench.Store.Commit();
        var refusal = Assert.Throws<QubesException>(() => bench.Export());
        Assert.StartsWith("The state holds a text that XML cannot hold: ", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    // What the random calls of the domain model leave out.
    private static Task DecorateAsync(TestKernel kernel, Random random)
    {
        var qubes = kernel.Qubes;
        qubes.System.Set(SystemProperties.DefaultKernel, random.Next(2) == 0 ? null : "");
        qubes.AdminVm.Features.Set("host", " <&\r\n\t>\"' ");
        qubes.AdminVm.Tags.Add("t");
        foreach (var qube in qubes.Machines)
        {
            qube.Notes = random.Next(2) == 0 ? "" : "a\tnote\n <with> ünïcode \U0001F600 ";
            if (random.Next(2) == 0)
                qube.Firewall = [FirewallRule.Parse("action=drop dst4=10.0.0.0/8 comment=no, never"), FirewallRule.AcceptAll];
            qube.Features.Set("blank", "  ");
            qube.Features.Set("zeta", "\n");
            qube.Properties.Set(new PropertyKey<IQube>("guivm"), null);
            qube.Properties.Write("kernel", random.Next(2) == 0 ? "" : "1.0");
            if (random.Next(2) == 0)
                qube.Properties.Restore("stubdom_mem", null, alreadyStored: false);
            foreach (var volume in qube.Volumes.Where(_ => random.Next(3) == 0))
            {
                volume.OwnRevisionsToKeep = random.Next(-1, 5);
                volume.OwnEphemeral = random.Next(2) == 0;
                volume.IsWritable = random.Next(2) == 0;
            }
        }
        return Task.CompletedTask;
    }

    private static async Task TryAsync(TestKernel kernel, Func<Task> call)
    {
        try
        {
            await kernel.OnLoop(call);
        }
        catch (QubesException)
        {
            // About half of the calls are refused; what they leave is a state, too.
        }
    }

    private static IEnumerable<string> Below(string root, IEnumerable<string> lines) =>
        lines.Select(l => l.Replace(root, "ROOT", StringComparison.Ordinal));
}
