using System.Text;
using Qubes.Sdk.Admin;

namespace Qubes.Plugins.AdminApi.Methods;

/// <summary>Shorthands with which the method classes declare their methods.</summary>
internal static class Method
{
    /// <summary>A method that only reads.</summary>
    public static AnsweringMethod Read(string name, AdminDestination destination, Func<AdminCall, string> answer) =>
        Sync(name, destination, Presence.Forbidden, Presence.Forbidden, answer);

    /// <summary>A method that only reads and takes an argument.</summary>
    public static AnsweringMethod ReadOf(string name, AdminDestination destination, Func<AdminCall, string> answer) =>
        Sync(name, destination, Presence.Required, Presence.Forbidden, answer);

    /// <summary>A method that lists names of things that are no qubes, without those hidden from the caller.</summary>
    public static AnsweringMethod Names(string name, AdminDestination destination, Func<AdminCall, IEnumerable<string>> names) =>
        Read(name, destination, call => Lines(Shown(call, names(call))));

    /// <summary>As <see cref="Names"/>, of the thing that the argument names.</summary>
    public static AnsweringMethod NamesOf(string name, AdminDestination destination, Func<AdminCall, IEnumerable<string>> names) =>
        ReadOf(name, destination, call => Lines(Shown(call, names(call))));

    /// <summary>A method with an argument whose work needs no waiting and whose answer is empty.</summary>
    public static AnsweringMethod Change(
        string name, AdminDestination destination, Presence payload, Action<AdminCall> change) =>
        Do(name, destination, Presence.Required, payload, change);

    /// <summary>A method whose work needs no waiting and whose answer is empty.</summary>
    public static AnsweringMethod Do(
        string name, AdminDestination destination, Presence argument, Presence payload, Action<AdminCall> change) =>
        new(name, destination, argument, payload, (call, _) =>
        {
            change(call);
            return ValueTask.FromResult(AdminAnswer.Empty);
        });

    /// <summary>A method that takes time and whose answer is empty.</summary>
    public static AnsweringMethod Act(
        string name, AdminDestination destination, Presence argument, Presence payload,
        Func<AdminCall, CancellationToken, Task> act) =>
        new(name, destination, argument, payload, async (call, cancel) =>
        {
            await act(call, cancel);
            return AdminAnswer.Empty;
        });

    /// <summary>Texts, each ended by a line feed.</summary>
    public static string Lines(IEnumerable<string> texts)
    {
        var lines = new StringBuilder();
        foreach (string text in texts)
            lines.Append(text).Append('\n');
        return lines.ToString();
    }

    private static AnsweringMethod Sync(
        string name, AdminDestination destination, Presence argument, Presence payload, Func<AdminCall, string> answer) =>
        new(name, destination, argument, payload, (call, _) => ValueTask.FromResult<AdminAnswer>(answer(call)));

    private static IEnumerable<string> Shown(AdminCall call, IEnumerable<string> names) =>
        call.Permission is { IsFiltered: true } permission ? names.Where(permission.Lists) : names;
}
