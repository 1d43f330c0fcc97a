using System.CommandLine;
using Qubes.Tools.Admin;
using Qubes.Tools.Applets;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Features;

/// <summary><c>qvm-features</c>. Asking for a feature that is not set gives status 1 and no text.</summary>
internal sealed class FeaturesApplet() : Applet("qvm-features", "List, show, set or unset a qube's features.")
{
    private readonly Argument<string> qube = new("VMNAME") { Description = "The qube" };
    private readonly Argument<string?> name = new("FEATURE") { Description = "The feature", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string?> value = new("VALUE") { Description = "Its new value", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> unset = new("--unset", "--default", "--delete", "-D", "-d")
    {
        Description = "Unset the feature",
    };

    public override void Describe(Command command)
    {
        command.Add(this.qube);
        command.Add(this.name);
        command.Add(this.value);
        command.Add(this.unset);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var qube = line.GetRequiredValue(this.qube);
        var name = line.GetValue(this.name);
        var value = line.GetValue(this.value);
        var unset = line.GetValue(this.unset);
        if (unset && name is null)
            throw new UsageException("--unset needs a FEATURE");
        if (unset && value is not null)
            throw new UsageException("cannot both set and unset a value");
        try
        {
            if (name is null)
                return await ListAsync(session, qube, cancellation);
            if (unset)
                return await UnsetAsync(session, qube, name, cancellation);
            if (value is null)
                return await ShowAsync(session, qube, name, cancellation);
            await session.Admin.CallAsync("admin.vm.feature.Set", qube, name, value, cancellation);
            return ExitCode.Success;
        }
        catch (AdminException e) when (e.IsNoSuchQube)
        {
            throw QubeList.NoSuch(qube);
        }
    }

    private static async Task<int> ListAsync(Session session, string qube, CancellationToken cancellation)
    {
        var names = await session.Admin.CallAsync("admin.vm.feature.List", qube, cancellation: cancellation);
        var table = new TextTable();
        foreach (var name in names.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // Null if it was unset since the list was made.
            if (await Feature.GetAsync(session, qube, name, cancellation) is { } value)
                table.Add(name, value);
        }

        table.WriteTo(session.Console.Out);
        return ExitCode.Success;
    }

    private static async Task<int> ShowAsync(Session session, string qube, string name, CancellationToken cancellation)
    {
        if (await Feature.GetAsync(session, qube, name, cancellation) is not { } value)
            return ExitCode.Failure;
        session.Console.Out.WriteLine(value);
        return ExitCode.Success;
    }

    private static async Task<int> UnsetAsync(Session session, string qube, string name, CancellationToken cancellation)
    {
        await Feature.RemoveAsync(session, qube, name, cancellation);
        return ExitCode.Success;
    }
}
