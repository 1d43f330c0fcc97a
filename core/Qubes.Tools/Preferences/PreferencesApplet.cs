using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Preferences;

/// <summary>
/// <c>qvm-prefs VMNAME [PROPERTY [VALUE]]</c>, and <c>qubes-prefs</c>, the same without a qube. The list has a mark per property:
/// <c>D</c> the default, <c>-</c> set, <c>U</c> without a value.
/// </summary>
internal sealed class PreferencesApplet : Applet
{
    private readonly Argument<string?>? qube;
    private readonly Argument<string?> name = new("PROPERTY") { Description = "The property", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string?> value = new("VALUE") { Description = "Its new value", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> reset = new("--default", "--unset", "--delete", "-D")
    {
        Description = "Reset the property to its default",
    };
    private readonly Option<bool> hideDefault = new("--hide-default") { Description = "List only properties that are set" };
    private readonly Option<bool> help = new("--help-properties")
    {
        Description = "List the properties with their explanations",
    };

    // Scripts written for older releases give these; what is done follows from the arguments alone.
    private readonly Option<bool> get = new("--get", "-g") { Hidden = true };
    private readonly Option<bool> set = new("--set", "-s") { Hidden = true };

    private PreferencesApplet(string name, string summary, Argument<string?>? qube)
        : base(name, summary) => this.qube = qube;

    public static PreferencesApplet OfQube() =>
        new("qvm-prefs", "List, show or set a qube's properties.", new Argument<string?>("VMNAME")
        {
            Description = "The qube; --help-properties explains dom0's without one",
            Arity = ArgumentArity.ZeroOrOne,
        });

    public static PreferencesApplet OfSystem() => new("qubes-prefs", "List, show or set the system's properties.", null);

    public override void Describe(Command command)
    {
        if (this.qube is not null)
            command.Add(this.qube);
        command.Add(this.name);
        command.Add(this.value);
        foreach (var option in new[] { reset, this.hideDefault, help, get, set })
            command.Add(option);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var qubeName = qube is null ? null : line.GetValue(qube) ?? (line.GetValue(help) ? "dom0" : throw new UsageException(
            "the following arguments are required: VMNAME"));
        var holder = new PropertyHolder(session, qubeName);
        var name = line.GetValue(this.name)?.Replace('-', '_');
        var value = line.GetValue(this.value);
        if (line.GetValue(help))
            return await ExplainAsync(session, holder, cancellation);
        if (line.GetValue(reset))
        {
            if (name is null || value is not null)
                throw new UsageException("--default takes a PROPERTY and no VALUE");
            await holder.ResetAsync(name, cancellation);
        }
        else if (name is null)
        {
            List(session, await holder.GetAllAsync(cancellation), line.GetValue(this.hideDefault));
        }
        else if (value is null)
        {
            var current = await holder.GetAsync(name, cancellation);
            if (current.IsMissing)
                throw new UsageException($"no such property: '{name}'");
            if (!current.IsNone)
                session.Console.Out.WriteLine(current.Text);
        }
        else
        {
            await holder.SetAsync(name, await holder.TranslateAsync(name, value, cancellation), cancellation);
        }

        return ExitCode.Success;
    }

    private static void List(Session session, IReadOnlyDictionary<string, PropertyValue> values, bool hideDefault)
    {
        var table = new TextTable();
        foreach (var (name, value) in values.Where(pair => !hideDefault || !pair.Value.IsDefault))
        {
            if (value.IsMissing)
                table.Add(name, "U");
            else
                table.Add(name, value.IsDefault ? "D" : "-", value.IsNone ? "None" : value.Text);
        }

        table.WriteTo(session.Console.Out);
    }

    private static async Task<int> ExplainAsync(Session session, PropertyHolder holder, CancellationToken cancellation)
    {
        var table = new TextTable();
        foreach (var name in (await holder.ListAsync(cancellation)).Order(StringComparer.Ordinal))
        {
            var words = (await holder.HelpAsync(name, cancellation)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            table.Add(name, string.Join(' ', words));
        }

        table.WriteTo(session.Console.Out);
        return ExitCode.Success;
    }
}
