using System.CommandLine;

namespace Qubes.Tools.Applets;

/// <summary>The command line an applet declares: what the parser, the manual page and the completion all read.</summary>
internal static class AppletCommand
{
    public static Command Make(Applet applet, CommonOptions common)
    {
        var command = new Command(applet.Name, applet.Summary);
        applet.Describe(command);
        common.AddTo(command);
        return command;
    }
}
