using Microsoft.Extensions.Logging;
using Qubes.Kernel.Events;
using Qubes.Kernel.Plugins;
using Qubes.Kernel.Scripts.Files;
using Qubes.Kernel.Scripts.Offers;
using Qubes.Kernel.Scripts.Running;
using Qubes.Sdk.Events;
using Qubes.Sdk.Scripting;

namespace Qubes.Kernel.Scripts;

/// <summary>Which scripts there are, and what they offer. Used on the kernel loop; each change is one turn.</summary>
internal sealed class ScriptTable(EventBus buses, PluginExtensions extensions, IEventBus events, ILogger<ScriptTable> log)
{
    private readonly SortedDictionary<string, ScriptEntry> entries = new(StringComparer.Ordinal);
    private IReadOnlyList<ScriptFile> inactive = [];

    /// <summary>Told of what was switched off, and is to be disposed of.</summary>
    public Action<ScriptRun>? Left { get; set; }

    /// <summary>What is offered whatever scripts there are.</summary>
    public IReadOnlyList<object> Standing { get; set; } = [];

    public IReadOnlyList<ScriptStatus> All => [.. entries.Values.Select(e => e.Status).Concat(inactive.Select(Idle))
        .OrderBy(s => s.Name, StringComparer.Ordinal).ThenBy(s => s.State)];

    public ScriptEntry? Find(string name) => entries.GetValueOrDefault(name);

    /// <summary>What has become of a file.</summary>
    /// <returns>The version that ran and does no more; null: none.</returns>
    public ScriptRun? Take(ScriptFile file, ScriptNews news)
    {
        if (news.Run is { } run)
            return Switch(file, news.Key!, run);
        Refuse(file, news.Key, news.Refusal!);
        return null;
    }

    /// <summary>A version takes over from the one before it: no event is lost or handled twice.</summary>
    /// <returns>The one before it; null: none.</returns>
    private ScriptRun? Switch(ScriptFile file, string key, ScriptRun run)
    {
        var entry = EntryOf(file);
        var before = entry.Run;
        before?.Revoke();
        Open(entry);
        (entry.Run, entry.RunKey, entry.Key, entry.Message) = (run, key, key, null);
        run.Stopped = (stopped, why) => SwitchOff(entry, stopped, why);
        run.CallFailed = (failed, why) => entry.Message = entry.Run == failed ? why : entry.Message;
        run.Publish(buses.ForOwner("script " + file.Name, EventRank.FirstScript));
        Bind(entry, run);
        Publish();
        Log.Active(log, file.Name, string.Join(", ", run.Offers.Select(o => o.Text)));
        return before;
    }

    /// <summary>A version cannot be used; what runs goes on.</summary>
    private void Refuse(ScriptFile file, string? key, string why)
    {
        var entry = EntryOf(file);
        var isNew = entry.Message != why;
        (entry.Key, entry.Message) = (key, why);
        if (isNew && entry.Run is not null)
            Log.NewestRefused(log, file.Name, why);
        else if (isNew)
            Log.Refused(log, file.Name, why);
    }

    /// <summary>Its file is again what runs.</summary>
    public void Restore(ScriptFile file)
    {
        var entry = EntryOf(file);
        (entry.Key, entry.Message) = (entry.RunKey, null);
    }

    /// <summary>Takes out what is no longer to be active.</summary>
    /// <param name="found">All files.</param>
    /// <returns>What ran, and is to be disposed of.</returns>
    public IReadOnlyList<ScriptRun> Keep(IReadOnlyList<ScriptFile> found)
    {
        inactive = [.. found.Where(f => f.Use != ScriptUse.Enabled)];
        var active = found.Where(f => f.Use == ScriptUse.Enabled).Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        List<ScriptRun> left = [];
        foreach (var entry in entries.Values.Where(e => !active.Contains(e.Name)).ToList())
        {
            entries.Remove(entry.Name);
            Open(entry);
            if (entry.Run is { } run)
            {
                run.Revoke();
                left.Add(run);
            }
            Log.Gone(log, entry.Name);
        }
        Publish();
        return left;
    }

    /// <summary>A qube is gone.</summary>
    public void Forget(QubeRemoved e)
    {
        foreach (var policy in entries.Values.SelectMany(entry => entry.Policies.Values))
            policy.Forget(e.Qube);
    }

    private void SwitchOff(ScriptEntry entry, ScriptRun run, string why)
    {
        if (entry.Run != run)
            return;
        Log.SwitchedOff(log, entry.Name, why);
        var decidesAboutCalls = run.Offers.OfType<IAccessDecision>().Any(o => o.IsOfAdminCalls);
        run.Revoke();
        (entry.Run, entry.RunKey, entry.Message, entry.Extensions) = (null, null, "switched off: " + why, []);
        foreach (var policy in entry.Policies.Values)
            policy.Break($"its script {entry.Name} is switched off: {why}");
        if (decidesAboutCalls)
        {
            entry.Closed = buses.ForOwner("script " + entry.Name, EventRank.FirstScript);
            entry.Closed.Subscribe<AdminPermission>(call => AccessWithoutDecision.Refuse(call, entry.Name));
        }
        Publish();
        Left?.Invoke(run);
    }

    private void Bind(ScriptEntry entry, ScriptRun run)
    {
        var policies = run.Offers.OfType<PolicyOffer>().ToList();
        foreach (var gone in entry.Policies.Keys.Except(policies.Select(p => p.Name)).ToList())
            entry.Policies.Remove(gone);
        foreach (var policy in policies)
        {
            if (!entry.Policies.TryGetValue(policy.Name, out var known))
                entry.Policies[policy.Name] = known = new ScriptPolicy(policy.Name, events);
            known.Bind(run, policy);
        }
        entry.Extensions = [.. run.Offers.Select(o => o.Extension(run)).OfType<object>()];
    }

    private static void Open(ScriptEntry entry)
    {
        entry.Closed?.Dispose();
        entry.Closed = null;
    }

    private void Publish() =>
        extensions.PublishScripts([.. Standing, .. entries.Values.SelectMany(e => e.Policies.Values.Concat(e.Extensions))]);

    private ScriptEntry EntryOf(ScriptFile file)
    {
        if (!entries.TryGetValue(file.Name, out var entry))
            entries[file.Name] = entry = new ScriptEntry(file.Name);
        entry.Path = file.Path;
        return entry;
    }

    private static ScriptStatus Idle(ScriptFile file) => new(
        file.Name, file.Path, file.Use == ScriptUse.Superseded ? ScriptState.Superseded : ScriptState.Available, null, [], 0);
}
