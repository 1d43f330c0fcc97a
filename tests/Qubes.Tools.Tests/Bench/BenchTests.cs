namespace Qubes.Tools.Tests.Bench;

/// <summary>Every test gets a bench of its own, removed afterwards.</summary>
public abstract class BenchTests : IAsyncLifetime
{
    private protected ToolBench Bench { get; } = new();

    private protected AdminServer Server => Bench.Server;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Bench.DisposeAsync();

    /// <summary>The list of qubes most tests work with.</summary>
    private protected const string List =
        "dom0 class=AdminVM state=Running uuid=00000000-0000-0000-0000-000000000000\n"
        + "disp1 class=DispVM state=Paused uuid=11fc6d57-afea-4e15-8dd6-16b3f22140a8\n"
        + "tmpl class=TemplateVM state=Halted uuid=d07e08d8-d1fe-4f3b-926d-c92a8d8e0444\n"
        + "vm0 class=AppVM state=Halted uuid=ed1c4b81-dab9-4aca-b743-c728de0aa1a3\n"
        + "vm1 class=AppVM state=Running uuid=08b11715-31db-4c32-bc83-3bfa36389251\n";

    private protected void ServeList()
    {
        Server.Ok("admin.vm.List+", "dom0", List);
        foreach (var line in List.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
            Server.Ok("admin.vm.List+", line.Split(' ')[0], line + "\n");
        Server.Refuse("admin.vm.List+", "nosuch", "QubesVMNotFoundError", "No such domain: 'nosuch'");
    }

    /// <summary>Requests other than for the list.</summary>
    private protected IEnumerable<string> Asked => Server.Requests.Where(request => !request.StartsWith("admin.vm.List+", StringComparison.Ordinal));
}
