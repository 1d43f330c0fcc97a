using System.CommandLine;
using System.CommandLine.Help;
using Qubes.Daemon.Logging;

namespace Qubes.Daemon.Interchange;

/// <summary>The command line of <c>qubesd-import</c>, which is the daemon's program under another name.</summary>
internal static class InterchangeCommandLine
{
    /// <summary>The name under which the program is this one.</summary>
    public const string Program = "qubesd-import";

    private const int Usage = 2;

    /// <summary>Runs it, or shows help, or what is wrong with the arguments.</summary>
    /// <returns>The exit code: 0 done, perhaps with warnings; 1 refused; 2 wrong arguments.</returns>
    public static async Task<int> RunAsync(
        string[] args, Func<InterchangeOptions, Task<int>> run, TextWriter? output = null, TextWriter? error = null)
    {
        var file = new Argument<string>("FILE") { Description = "A qubes.xml of Qubes OS 4; '-' with --export is standard output" };
        var export = new Option<bool>("--export") { Description = "Write the state to FILE instead" };
        var dry = new Option<bool>("--dry-run") { Description = "Check FILE and say what would be done, and change nothing" };
        var root = new Command(
            Program,
            "Reads a qubes.xml into a state that has no qubes yet, or writes one. No daemon may run meanwhile."
            + " Paths are below QUBES_ROOT where that is set.")
        {
            file, export, dry, new HelpOption(),
        };
        file.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: ['-', _, ..] and var option }, ..])
                result.AddError($"There is no option '{option}'; a FILE of that name is './{option}'");
        });
        root.Validators.Add(result =>
        {
            if (result.GetValue(export) && result.GetValue(dry))
                result.AddError("--dry-run is of imports; an export changes nothing but its FILE");
            if (!result.GetValue(export) && result.GetValue(file) == "-")
                result.AddError("An import needs the name of a FILE");
        });
        root.SetAction((parsed, _) => run(new(parsed.GetValue(file)!, parsed.GetValue(export), parsed.GetValue(dry))));
        var parsed = root.Parse(args);
        if (parsed.Errors is [var first, ..])
        {
            var writer = error ?? Console.Error;
            writer.Write(Program + ": ");
            EscapedText.Write(writer, first.Message);
            writer.WriteLine($" (see {Program} --help)");
            return Usage;
        }
        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
            Output = output ?? Console.Out,
            Error = error ?? Console.Error,
        });
    }
}
