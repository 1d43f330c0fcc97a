using Microsoft.Extensions.Logging;
using Qubes.Policy;
using Qubes.Policy.Loading;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Qrexec.Judging;

/// <summary>
/// The policy as the disk has it. Each call compares the stamps of everything the policy was read from, some microseconds' work, so
/// that none is ever judged by rules that were changed before it came; a watcher only makes mistakes show, and reading happen, before
/// the next call does.
/// </summary>
internal sealed class PolicyStore(QubesPaths paths, TimeProvider time, ILogger<PolicyStore> logger) : IDisposable
{
    // A directory of files that are being replaced one by one is read again; not for ever.
    private const int MostReadings = 3;

    private readonly PolicyDirectories directories = PolicyDirectories.Below(paths.Root);
    private readonly SemaphoreSlim reading = new(1, 1);
    private volatile PolicyState? state;
    private string? told;

    /// <summary>The directories that hold the policy.</summary>
    public PolicyDirectories Directories => directories;

    /// <summary>The policy of now, read anew if anything changed.</summary>
    public async Task<PolicyState> GetAsync(CancellationToken cancel)
    {
        // Off whatever thread the caller is on: it may be the kernel loop's.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (state is { } kept && kept.IsCurrent())
            return kept;
        await reading.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (state is { } meanwhile && meanwhile.IsCurrent())
                return meanwhile;
            PolicyState read = Read();
            for (int i = 1; i < MostReadings && !read.Stamp.IsCurrent(); i++)
                read = Read();
            Tell(read);
            return state = read;
        }
        finally
        {
            reading.Release();
        }
    }

    /// <summary>
    /// The policy as it was last read, for who cannot wait, null before the first time; if anything has changed since, it is read
    /// anew meanwhile.
    /// </summary>
    public PolicyState? Last
    {
        get
        {
            if (state?.IsCurrent() != true && reading.CurrentCount > 0)
                _ = GetAsync(CancellationToken.None);
            return state;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => reading.Dispose();

    private PolicyState Read()
    {
        DateTimeOffset now = time.GetUtcNow();
        DiskPolicyFiles files = new();
        try
        {
            Directory.CreateDirectory(directories.Runtime);
            LoadedPolicy policy = PolicyLoader.Load(directories, files);
            return new(policy, "", files.Stamp, files.Stamp.IsSettled(now));
        }
        catch (PolicyLoadException e)
        {
            return new(null, e.Message, files.Stamp, files.Stamp.IsSettled(now));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(null, e.Message, files.Stamp, IsSettled: false);
        }
    }

    // Once for each new state, not for each call that it denies.
    private void Tell(PolicyState read)
    {
        string? now = read.Policy is null ? read.Error : null;
        if (now is not null && now != told)
            Log.PolicyBroken(logger, new(now));
        else if (now is null && (told is not null || state is null))
            Log.PolicyRead(logger, read.Policy!.Rules.Count);
        told = now;
    }
}
