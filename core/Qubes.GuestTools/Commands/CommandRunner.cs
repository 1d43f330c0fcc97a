using Qubes.GuestTools.Converting;
using Qubes.GuestTools.Copying;
using Qubes.GuestTools.Desktop;
using Qubes.GuestTools.Opening;
using Qubes.GuestTools.Running;
using Qubes.GuestTools.Unpacking;

namespace Qubes.GuestTools.Commands;

/// <summary>Finds a command by its name and turns what becomes of it into an exit status.</summary>
internal static class CommandRunner
{
    public static IReadOnlyList<ICommand> All { get; } =
    [
        CopyCommand.Copy(), CopyCommand.CopyToVm(), CopyCommand.Move(), CopyCommand.MoveToVm(), new SendFiles(), new ReceiveFiles(),
        OpenCommand.InQube(), OpenCommand.InDisposable(), new SendToOpen(), new OpenReceived(), new OpenUrl(), new StartApp(),
        new RunCommand(), new ConvertPdfCommand(), new ConvertImageCommand(),
    ];

    public static async Task<int> RunAsync(
        string name, IReadOnlyList<string> arguments, Surroundings surroundings, CancellationToken cancellation)
    {
        if (All.FirstOrDefault(c => c.Name == name) is not { } command)
        {
            surroundings.Error.WriteLine(
                $"qubes-guest-tools: '{SafeText.OneLine(name)}' is none of its commands: {string.Join(", ", All.Select(c => c.Name))}");
            return ExitCode.Usage;
        }

        if (arguments is ["-h" or "--help", ..])
        {
            surroundings.Error.WriteLine($"usage: {command.Name} {command.Usage}");
            return ExitCode.Success;
        }

        return await RunAsync(command, arguments, surroundings, cancellation);
    }

    private static async Task<int> RunAsync(
        ICommand command, IReadOnlyList<string> arguments, Surroundings surroundings, CancellationToken cancellation)
    {
        try
        {
            return await command.RunAsync(arguments, surroundings, cancellation);
        }
        catch (UsageException e)
        {
            surroundings.Error.WriteLine($"{command.Name}: {e.Message}; usage: {command.Name} {command.Usage}");
            return ExitCode.Usage;
        }
        catch (CommandException e)
        {
            surroundings.Error.WriteLine($"{command.Name}: {e.Message}");
            return e.Status;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            surroundings.Error.WriteLine($"{command.Name}: {SafeText.OneLine(e.Message)}");
            return ExitCode.Failure;
        }
    }
}
