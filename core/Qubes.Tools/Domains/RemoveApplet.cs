using System.CommandLine;
using Qubes.Tools.Admin;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Preferences;

namespace Qubes.Tools.Domains;

/// <summary><c>qvm-remove</c>: asks first, and says who uses a qube that cannot be removed.</summary>
internal sealed class RemoveApplet() : Applet("qvm-remove", "Remove qubes with all their data.")
{
    private readonly QubeSelection selection = new();
    private readonly Option<bool> force = new("--force", "-f") { Description = "Do not ask" };

    public override void Describe(Command command)
    {
        selection.AddTo(command);
        command.Add(force);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var qubes = await selection.ResolveAsync(line, session, cancellation);
        if (qubes.FirstOrDefault(qube => qube.IsAdmin) is { } admin)
            throw new UsageException($"domain '{admin.Name}' cannot be removed");
        if (!line.GetValue(force) && !await session.ConfirmAsync(
                "This will completely remove the selected VM(s):"
                + string.Concat(qubes.Select(qube => "\n  " + qube.Name)), cancellation))
            return ExitCode.Failure;

        return await PerQube.RunAsync(session, qubes, async qube =>
        {
            try
            {
                await session.Admin.CallAsync("admin.vm.Remove", qube.Name, cancellation: cancellation);
            }
            catch (AdminException e) when (e.IsInUse)
            {
                var uses = await UsesAsync(session, qube.Name, cancellation);
                throw new AdminException(
                    e.WireClass, uses.Count == 0 ? e.Message : $"domain '{qube.Name}' is in use as: {string.Join(", ", uses)}");
            }
        });
    }

    /// <summary>
    /// Properties that refer to the qube, as <c>PROPERTY of HOLDER</c>. Preloaded disposables do not count: they go with it.
    /// </summary>
    private static async Task<List<string>> UsesAsync(Session session, string name, CancellationToken cancellation)
    {
        var system = await new PropertyHolder(session, null).GetAllAsync(cancellation);
        var uses = Referring(system, name).Select(property => $"system {property}").ToList();
        foreach (var other in (await QubeList.FetchAsync(session, cancellation)).Where(other => other.Name != name))
        {
            var values = await new PropertyHolder(session, other.Name).GetAllAsync(cancellation);
            if (values.GetValueOrDefault("is_preload") is { Text: "True" })
                continue;
            uses.AddRange(Referring(values, name)
                .Where(property => !values[property].IsDefault)
                .Select(property => $"{property} of {other.Name}"));
        }

        return uses;
    }

    private static IEnumerable<string> Referring(IReadOnlyDictionary<string, PropertyValue> values, string name) =>
        values.Where(pair => pair.Value is { Type: "vm" } && pair.Value.Text == name).Select(pair => pair.Key);
}
