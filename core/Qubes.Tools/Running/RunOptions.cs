using System.CommandLine;

namespace Qubes.Tools.Running;

/// <summary>The options of <c>qvm-run</c>.</summary>
internal sealed class RunOptions
{
    public Argument<string?> Qube { get; } = new("VMNAME")
    {
        Description = "The qube; none with --all and --dispvm",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public Argument<string[]> Words { get; } = new("COMMAND")
    {
        Description = "A shell command line, or a program and its arguments, or with --service a service",
        Arity = ArgumentArity.ZeroOrMore,
        CaptureRemainingTokens = true,
    };

    public Option<string?> User { get; } = new("--user", "-u") { Description = "Run as this user", HelpName = "USER" };

    public Option<bool> Autostart { get; } = new("--autostart", "--auto", "-a")
    {
        Description = "Start the qube if it does not run (the default)",
    };

    public Option<bool> NoAutostart { get; } = new("--no-autostart", "--no-auto", "-n") { Description = "Do not start it" };

    public Option<bool> PassStreams { get; } = new("--pass-io", "-p")
    {
        Description = "Connect the command's streams and pass on its status",
    };

    public Option<string?> LocalCommand { get; } = new("--localcmd")
    {
        Description = "With --pass-io: connect a local shell command instead of our own streams",
        HelpName = "COMMAND",
    };

    public Option<bool> Gui { get; } = new("--gui") { Description = "Wait for the qube's desktop, if it has one (the default)" };

    public Option<bool> NoGui { get; } = new("--no-gui", "--nogui") { Description = "Do not wait for it" };

    public Option<bool> Service { get; } = new("--service") { Description = "COMMAND is a service, with its argument after a +" };

    public Option<bool> NoShell { get; } = new("--no-shell") { Description = "COMMAND is a program, even without arguments" };

    public Option<bool> All { get; } = new("--all") { Description = "All running qubes but internal ones" };

    public Option<string[]> Exclude { get; } = new("--exclude")
    {
        Description = "With --all: leave out this qube (repeatable)",
        HelpName = "VMNAME",
    };

    public Option<string?> Disposable { get; } = new("--dispvm")
    {
        Description = "In a fresh disposable, of this template or the default one",
        HelpName = "VMNAME",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public Option<string?> Colour { get; } = new("--color-output", "--colour-output")
    {
        Description = "Colour of output on a terminal (31 is red)",
        HelpName = "NUMBER",
    };

    public Option<bool> NoColour { get; } = new("--no-color-output", "--no-colour-output") { Description = "Do not colour it" };

    public Option<string?> ErrorColour { get; } = new("--color-stderr", "--colour-stderr")
    {
        Description = "Colour of errors on a terminal",
        HelpName = "NUMBER",
    };

    public Option<bool> NoErrorColour { get; } = new("--no-color-stderr", "--no-colour-stderr")
    {
        Description = "Do not colour them",
    };

    public Option<bool> Filter { get; } = new("--filter-escape-chars")
    {
        Description = "Replace what could control a terminal (the default on a terminal)",
    };

    public Option<bool> NoFilter { get; } = new("--no-filter-escape-chars")
    {
        Description = "Pass everything: dangerous on a terminal",
    };

    public void AddTo(Command command)
    {
        command.Add(Qube);
        command.Add(Words);
        foreach (var option in new Option[]
        {
            User, Autostart, NoAutostart, PassStreams, LocalCommand, Gui, NoGui, Service, NoShell, All, Exclude, Disposable,
            Colour, NoColour, ErrorColour, NoErrorColour, Filter, NoFilter,
        })
            command.Add(option);
    }
}
