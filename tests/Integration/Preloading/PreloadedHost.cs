using Qubes.Integration.Tests.Admin;
using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Preloading;

/// <summary>What tests of preloading do to the shared daemon, and see of it.</summary>
internal sealed class PreloadedHost(Daemon daemon)
{
    public const string Template = DisposableHost.DisposableTemplate;

    // Requests hold up a refill for half a minute at most, and a boot that is lost is tried again after its deadline.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public Task SetAsync(string feature, string value, string qube = Template) => OkAsync("admin.vm.feature.Set+" + feature, qube, value);

    public async Task OkAsync(string call, string qube = "dom0", string payload = "") => _ = (await daemon.CallAsync(call, qube, payload)).Ok;

    /// <summary>The queue's names, oldest first.</summary>
    public async Task<string[]> QueueAsync()
    {
        var reply = await daemon.CallAsync("admin.vm.feature.Get+preload-dispvm", Template);
        return reply.Exception is null ? reply.Ok.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
    }

    /// <summary>Sets the maximum and returns the names when so many are ready. Warming them up takes time that few tests are about.</summary>
    public async Task<string[]> PreloadAsync(int count, bool warm = false)
    {
        await SetAsync("preload-dispvm-warm-up", warm ? "1" : "");
        await SetAsync("preload-dispvm-max", $"{count}");
        return await ReadyAsync(count);
    }

    public Task<string[]> ReadyAsync(int count, params string[] without) => Polling.UntilAsync(
        QueueAsync, async queue => queue.Length == count && !queue.Intersect(without).Any() && await AllReadyAsync(queue), Patience);

    /// <summary>Returns when the queue's length is as is wanted.</summary>
    public Task QueueOfAsync(Func<int, bool> isIt) => Polling.UntilAsync(QueueAsync, queue => isIt(queue.Length), Patience);

    /// <summary>Turns preloading off and returns when no disposable is left.</summary>
    public async Task EndAsync()
    {
        await SetAsync("preload-dispvm-max", "");
        foreach (var name in await NamesAsync("DispVM"))
            await daemon.CallAsync("admin.vm.Kill", name);
        Assert.Empty(await Traces.OfDisposablesAsync(daemon));
    }

    public async Task<IReadOnlyList<string>> NamesAsync(string @class) =>
        [.. (await LinesAsync()).Where(l => l.Contains($" class={@class} ", StringComparison.Ordinal)).Select(l => l.Split(' ')[0])];

    public async Task<string> StateOfAsync(string name) =>
        (await LinesAsync()).FirstOrDefault(l => l.StartsWith(name + " ", StringComparison.Ordinal))?.Split("state=")[1].Split(' ')[0] ?? "gone";

    public Task UntilGoneAsync(string name, string orIs = "gone") =>
        Polling.UntilAsync(() => StateOfAsync(name), state => state == "gone" || state == orIs, Patience);

    /// <summary>The process of its machine; null: it has none.</summary>
    public int? ProcessOf(string name) => daemon.Machines().Where(m => m.Contains(name, StringComparison.Ordinal))
        .Select(m => (int?)int.Parse(m.Split(' ')[0])).SingleOrDefault();

    /// <summary>A feature as the state file has it, also when no daemon runs; null: absent.</summary>
    public async Task<string?> StoredAsync(string qube, string feature)
    {
        var query = $"SELECT f.value FROM feature f JOIN qube q ON q.qid = f.qid WHERE q.name = '{qube}' AND f.name = '{feature}'";
        var text = (await LocalProgram.RunAsync("sqlite3", "-list", "-nullvalue", "-", daemon.Root + "/var/lib/qubes/state.db", query)).Succeeded().Text;
        return text.Length == 0 ? null : text.TrimEnd('\n');
    }

    private async Task<bool> AllReadyAsync(string[] queue)
    {
        var lines = await LinesAsync();
        foreach (var name in queue)
        {
            if (!lines.Any(l => l.StartsWith(name + " ", StringComparison.Ordinal) && l.Contains("state=Paused", StringComparison.Ordinal))
                || (await daemon.CallAsync("admin.vm.feature.Get+preload-dispvm-in-progress", name)).Text != "0\0")
                return false;
        }
        return true;
    }

    private async Task<string[]> LinesAsync() =>
        (await daemon.CallAsync("admin.vm.List")).Ok.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
