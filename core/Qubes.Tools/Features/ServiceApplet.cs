using System.CommandLine;
using Qubes.Tools.Admin;
using Qubes.Tools.Applets;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Features;

/// <summary>
/// <c>qvm-service</c>: the services a qube starts, which are its features <c>service.NAME</c>: <c>1</c> is on, empty is off,
/// and an
/// absent one leaves the choice to the qube.
/// </summary>
internal sealed class ServiceApplet() : Applet("qvm-service", "List, show, enable or disable services in a qube.")
{
    private const string Prefix = "service.";

    private readonly Argument<string> qube = new("VMNAME") { Description = "The qube" };
    private readonly Argument<string?> service = new("SERVICE") { Description = "The service", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string?> state = new("STATE") { Description = "on or off", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> list = new("--list", "-l") { Description = "List the services (the default without SERVICE)" };
    private readonly Option<bool> enable = new("--enable", "-e") { Description = "The same as STATE on" };
    private readonly Option<bool> disable = new("--disable", "-d") { Description = "The same as STATE off" };
    private readonly Option<bool> unset = new("--default", "--unset", "--delete", "-D") { Description = "Leave it to the qube" };

    public override void Describe(Command command)
    {
        state.CompletionSources.Add("on", "off");
        command.Add(qube);
        command.Add(service);
        command.Add(state);
        foreach (var option in new[] { list, enable, disable, unset })
            command.Add(option);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var (name, feature) = (line.GetRequiredValue(qube), line.GetValue(service));
        var changes = new[] { enable, disable, unset }.Where(option => line.GetValue(option)).ToList();
        var given = line.GetValue(state);
        if (changes.Count + (given is null ? 0 : 1) + (line.GetValue(list) ? 1 : 0) > 1)
            throw new UsageException("only one of --list, --enable, --disable, --default and STATE is accepted");
        if (changes.Count > 0 && feature is null)
            throw new UsageException("the following arguments are required: SERVICE");
        var on = changes.Count > 0 ? changes[0] == enable : given is not null && TruthValue.Parse(given);
        try
        {
            if (feature is null || line.GetValue(list))
                return await ListAsync(session, name, cancellation);
            if (changes is [var change] && change == unset)
                return await UnsetAsync(session, name, feature, cancellation);
            if (changes.Count == 0 && given is null)
                return await ShowAsync(session, name, feature, cancellation);
            await session.Admin.CallAsync("admin.vm.feature.Set", name, Prefix + feature, on ? "1" : "", cancellation);
            return ExitCode.Success;
        }
        catch (AdminException e) when (e.IsNoSuchQube)
        {
            throw QubeList.NoSuch(name);
        }
    }

    private static async Task<int> ListAsync(Session session, string qube, CancellationToken cancellation)
    {
        var features = AnswerText.Lines(await session.Admin.CallAsync("admin.vm.feature.List", qube, cancellation: cancellation));
        var table = new TextTable();
        foreach (var feature in features.Where(feature => feature.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            if (await Feature.GetAsync(session, qube, feature, cancellation) is { } value)
                table.Add(feature[Prefix.Length..], Word(value));
        }

        table.WriteTo(session.Console.Out);
        return ExitCode.Success;
    }

    private static async Task<int> ShowAsync(Session session, string qube, string service, CancellationToken cancellation)
    {
        if (await Feature.GetAsync(session, qube, Prefix + service, cancellation) is not { } value)
            return ExitCode.Failure;
        session.Console.Out.WriteLine(Word(value));
        return ExitCode.Success;
    }

    private static async Task<int> UnsetAsync(Session session, string qube, string service, CancellationToken cancellation)
    {
        await Feature.RemoveAsync(session, qube, Prefix + service, cancellation);
        return ExitCode.Success;
    }

    private static string Word(string value) => value.Length > 0 ? "on" : "off";
}
