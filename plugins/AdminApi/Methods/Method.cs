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

    /// <summary>A method whose work needs no waiting and whose answer is empty.</summary>
    public static AnsweringMethod Change(
        string name, AdminDestination destination, Presence payload, Action<AdminCall> change) =>
        Sync(name, destination, Presence.Required, payload, call =>
        {
            change(call);
            return "";
        });

    /// <summary>A method that takes time and whose answer is empty.</summary>
    public static AnsweringMethod Act(
        string name, AdminDestination destination, Presence argument, Func<AdminCall, CancellationToken, Task> act) =>
        new(name, destination, argument, Presence.Forbidden, async (call, cancel) =>
        {
            await act(call, cancel);
            return "";
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
        new(name, destination, argument, payload, (call, _) => Task.FromResult(answer(call)));
}
