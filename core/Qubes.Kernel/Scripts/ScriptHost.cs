using Microsoft.Extensions.Logging;
using Qubes.Kernel.Scripts.Compiling;
using Qubes.Kernel.Scripts.Files;
using Qubes.Kernel.Scripts.Running;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Scripting;

namespace Qubes.Kernel.Scripts;

/// <summary>
/// Finds scripts, compiles them off the kernel loop, has them run, and follows their files. A new version takes over when its top level has
/// ended well; until then, and if it does not, the one before it goes on.
/// </summary>
internal sealed class ScriptHost(
    ScriptFolders folders, ScriptReader reader, ScriptCompiler compiler, CompiledCache cache, ScriptTable table, ScriptSurroundings around,
    IEventBus events, ScriptEnabling enabling, ILogger<ScriptHost> log) : IScripts, IAsyncDisposable
{
    private const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly SemaphoreSlim scanning = new(1);
    private readonly CancellationTokenSource stopping = new();
    private readonly List<ScriptWatcher> watchers = [];
    private readonly Unloading unloading = new(around.Time, log);

    private IKernelLoop Loop => around.Loop;

    public IReadOnlyList<ScriptStatus> All => table.All;

    /// <summary>Called once, off the kernel loop, before services of plugins are started: policies are there when they are asked.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        await Loop.InvokeAsync(() =>
        {
            table.Standing = [this, new ScriptMethods(this)];
            table.Left = unloading.Begin;
            events.Subscribe<QubeRemoved>(table.Forget);
            return Task.CompletedTask;
        });
        Make(folders.Administrators);
        foreach (var folder in new[] { folders.Administrators, folders.Shipped }.Where(Directory.Exists))
            Watch(folder);
        await RefreshAsync(cancel);
    }

    public async Task RefreshAsync(CancellationToken cancel)
    {
        // Not on the loop, and for those who are on it: back on it afterwards.
        await Task.Run(ScanAsync, CancellationToken.None).WaitAsync(cancel);
    }

    public Task<IReadOnlyList<string>> CheckAsync(string name, string text, CancellationToken cancel) => Task.Run<IReadOnlyList<string>>(() =>
    {
        try
        {
            compiler.Compile(reader.Around(ScriptFolders.PathOf(name, folders.Administrators), text), cancel);
            return [];
        }
        catch (CompileException e)
        {
            return e.Errors;
        }
        catch (ScriptRefusedException e)
        {
            return [e.Message];
        }
    }, cancel);

    public async Task EnableAsync(string name, CancellationToken cancel)
    {
        enabling.Enable(name);
        await RefreshAsync(cancel);
    }

    public async Task DisableAsync(string name, CancellationToken cancel)
    {
        enabling.Disable(name);
        await RefreshAsync(cancel);
    }

    /// <summary>Ends all scripts. Off the kernel loop.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        foreach (var watcher in watchers)
            watcher.Dispose();
        await scanning.WaitAsync();
        var left = await Loop.InvokeAsync(() => Task.FromResult(table.Keep([])));
        await Task.WhenAll(left.Select(run => run.DisposeAsync().AsTask()));
        await unloading.DisposeAsync();
        scanning.Dispose();
        stopping.Dispose();
    }

    private async Task ScanAsync()
    {
        await scanning.WaitAsync(stopping.Token);
        try
        {
            var found = folders.Find();
            await UpdateAsync([.. found.Where(f => f.Use == ScriptUse.Enabled)]);
            foreach (var run in await Loop.InvokeAsync(() => Task.FromResult(table.Keep(found))))
                unloading.Begin(run);
        }
        finally
        {
            scanning.Release();
        }
    }

    // Made ready side by side, which takes time; then each takes its place in its turn, by name.
    private async Task UpdateAsync(IReadOnlyList<ScriptFile> files)
    {
        var news = new ScriptNews?[files.Count];
        try
        {
            var each = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
            await Parallel.ForAsync(0, files.Count, each, async (i, _) => news[i] = await MakeReadyAsync(files[i]));
            for (var i = 0; i < news.Length; i++)
            {
                if (news[i] is { } ready)
                    await TakeAsync(files[i], ready);
                news[i] = null;
            }
        }
        finally
        {
            await Task.WhenAll(news.Select(left => left?.Run?.DisposeAsync().AsTask() ?? Task.CompletedTask));
        }
    }

    // Null: what runs is what is in the file.
    private async Task<ScriptNews?> MakeReadyAsync(ScriptFile file)
    {
        string? key = null;
        try
        {
            var text = reader.Read(file.Path);
            key = CompiledCache.KeyOf(text);
            if (!await Loop.InvokeAsync(() => Task.FromResult(IsNews(file, key))))
                return null;
            return new(key, await ScriptRun.StartAsync(file.Name, Compiled(file.Name, key, text), around), null);
        }
        catch (QubesException e)
        {
            return new(key, null, e.Message);
        }
    }

    private async Task TakeAsync(ScriptFile file, ScriptNews ready)
    {
        var before = await Loop.InvokeAsync(() => Task.FromResult(table.Take(file, ready)));
        if (before is not null)
            unloading.Begin(before);
    }

    private bool IsNews(ScriptFile file, string key)
    {
        if (table.Find(file.Name) is not { } entry || entry.Path != file.Path)
            return true;
        if (entry.Key != key && entry.RunKey == key)
            table.Restore(file);
        return entry.Key != key;
    }

    private CompiledScript Compiled(string name, string key, ScriptText text)
    {
        if (cache.Find(key) is { } known)
            return known;
        var began = around.Time.GetTimestamp();
        var code = compiler.Compile(text, stopping.Token);
        Log.Compiled(log, name, (long)around.Time.GetElapsedTime(began).TotalMilliseconds);
        try
        {
            cache.Keep(key, code);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotKept(log, e.Message);
        }
        return code;
    }

    // There to be watched. What is not there has no scripts; where it cannot be made, it is not watched.
    private void Make(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder, Open);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotWatched(log, folder, e.Message);
        }
    }

    private void Watch(string folder)
    {
        try
        {
            watchers.Add(new ScriptWatcher(folder, around.Time, () => _ = FollowAsync()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotWatched(log, folder, e.Message);
        }
    }

    private async Task FollowAsync()
    {
        try
        {
            await Task.Run(ScanAsync, stopping.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The daemon ends.
        }
        catch (Exception e)
        {
            // Nobody else would ever hear of it.
            Log.ScanBroke(log, e);
        }
    }
}
