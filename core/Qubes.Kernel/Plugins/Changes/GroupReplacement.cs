using Microsoft.Extensions.Logging;
using Qubes.Kernel.Plugins.Generations;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins.Changes;

/// <summary>
/// Replaces some plugins by newer generations, all of them or none: when one cannot be activated or started, the last good generations
/// serve on, or again.
/// </summary>
internal sealed class GroupReplacement(PluginLife life, PluginRoster roster, ILogger<PluginHost> log)
{
    private sealed record Member(PluginInstance Old, Generation Next)
    {
        public PluginInstance? New { get; set; }

        public bool IsSwitched { get; set; }
    }

    private readonly List<Member> members = [];

    /// <summary>Returns when the new ones serve and the old ones have ended, or everything is as it was.</summary>
    /// <param name="changes">Each old one with what is to take its place, in the order of their start.</param>
    /// <param name="cancel">Ends the starts of services.</param>
    /// <returns>Why it did not come about, and on account of which plugin; null when it did.</returns>
    public async Task<(string Name, PluginRefusedException Why)?> RunAsync(
        IReadOnlyList<(PluginInstance Old, PluginStatus Next)> changes, CancellationToken cancel)
    {
        if (await PrepareAsync(changes) is { } unfit)
            return unfit;
        var beside = members.TrueForAll(member =>
            member.Old.Generation.Reload == PluginReload.Beside && member.Next.Reload == PluginReload.Beside);
        if (!beside)
        {
            foreach (var member in members.AsEnumerable().Reverse())
                await life.StopAsync(member.Old);
        }
        foreach (var member in members)
        {
            try
            {
                await BringUpAsync(member, beside, cancel);
            }
            catch (Exception e) // A plugin may throw anything; the old ones take its place.
            {
                var failure = (member.Next.Name, PluginFailure.Of(e));
                await RollBackAsync(beside, cancel);
                members.Clear();
                return failure;
            }
        }
        while (members.Count > 0)
            await EndOldAsync();
        return null;
    }

    private async Task<(string, PluginRefusedException)?> PrepareAsync(IReadOnlyList<(PluginInstance Old, PluginStatus Next)> changes)
    {
        foreach (var (old, next) in changes)
        {
            try
            {
                // One that only follows is made of what it is made of now, whatever has become of its folder.
                var folder = ReferenceEquals(next, old.Generation.Source) ? old.Generation.StagedPath : next.Folder;
                members.Add(new(old, await life.PrepareAsync(next, folder)));
            }
            catch (Exception e) // Files of a plugin may be anything; nothing has happened yet.
            {
                members.ForEach(member => life.End(member.Next));
                members.Clear();
                return (next.Name, PluginFailure.Of(e));
            }
        }
        return null;
    }

    private async Task BringUpAsync(Member member, bool beside, CancellationToken cancel)
    {
        RequireAll(member.Next.Source);
        var rank = member.Next.Source.Requires.All(name => roster.Find(name)!.Rank < member.Old.Rank)
            ? member.Old.Rank
            : roster.FreeRank(member.Next.Source);
        member.New = await life.ActivateAsync(member.Next, rank);
        if (beside)
            await life.StartAsync(member.New, cancel);
        await life.SwitchAsync((member.Old, member.New));
        member.IsSwitched = true;
        if (!beside)
            await life.StartAsync(member.New, cancel);
    }

    private void RequireAll(PluginStatus plugin)
    {
        if (plugin.Requires.FirstOrDefault(name => !roster.IsActive(name)) is { } missing)
            throw new PluginRefusedException(PluginState.Unsupported, $"it requires {missing}, which is not active");
    }

    private async Task RollBackAsync(bool beside, CancellationToken cancel)
    {
        if (beside)
            await life.SwitchAsync(members.Where(member => member.IsSwitched).Select(member => (member.New, (PluginInstance?)member.Old)));
        foreach (var member in members.AsEnumerable().Reverse())
        {
            if (beside || member.New is null)
                await EndNewAsync(member);
            else
                await life.StopAsync(member.New);
        }
        if (!beside)
        {
            foreach (var member in members)
                await BringBackAsync(member, cancel);
        }
    }

    private async Task EndNewAsync(Member member)
    {
        if (member.New is null)
            life.End(member.Next);
        else
            await life.EndAsync(member.New);
        member.New = null;
    }

    // Its services were stopped, and nobody promised that the same objects can be started again: the good code makes new ones.
    private async Task BringBackAsync(Member member, CancellationToken cancel)
    {
        PluginInstance? again = null;
        try
        {
            await life.DisposeAsync(member.Old);
            again = await life.ActivateAsync(member.Old.Generation, member.Old.Rank, section: member.Old.Section.Values);
            await life.SwitchAsync((member.IsSwitched ? member.New : member.Old, again));
            if (member.New is not null)
                await EndNewAsync(member);
            await life.StartAsync(again, cancel);
        }
        catch (Exception e) // The last good generation does not start again either: nothing is left to fall back on.
        {
            var failure = PluginFailure.Of(e);
            await life.SwitchAsync(((again ?? (member.IsSwitched ? member.New : member.Old)), null));
            if (again is not null)
                await life.EndAsync(again);
            else
                life.End(member.Old.Generation);
            if (member.New is not null)
                await EndNewAsync(member);
            roster.Note(member.Old.Generation.Source with { State = failure.State, Reason = $"it could not be brought back: {failure.Message}" }, e);
        }
    }

    // Not kept in a list while it ends: its code must have nobody who refers to it.
    private async Task EndOldAsync()
    {
        var last = members[^1];
        members.RemoveAt(members.Count - 1);
        var source = last.Next.Source;
        Log.PluginReplaced(log, source.Name, source.Manifest!.Version, last.Next.Number, last.Old.Generation.Number);
        roster.NoteActive(last.New!);
        await life.EndAsync(last.Old);
    }
}
