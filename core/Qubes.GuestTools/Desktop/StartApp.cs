using Qubes.GuestTools.Commands;

namespace Qubes.GuestTools.Desktop;

/// <summary>The service <c>qubes.StartApp+ID</c>: starts the program of a desktop entry and waits until it ends.</summary>
internal sealed class StartApp : ICommand
{
    public string Name => "qubes.StartApp";

    public string Usage => "ID";

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Surroundings surroundings, CancellationToken cancellation)
    {
        if (arguments is not [{ Length: > 0 } id])
            throw new CommandException("the call names no program: qubes.StartApp+ID is accepted");
        var entry = new DesktopEntries(surroundings).Find(id)
            ?? throw new CommandException($"there is no program {SafeText.OneLine(id)} here");
        try
        {
            return await entry.Launch(null).RunAsync(cancellation);
        }
        catch (FormatException e)
        {
            throw new CommandException(SafeText.OneLine($"{entry.Path}: {e.Message}"));
        }
    }
}
