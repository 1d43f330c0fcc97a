namespace Qubes.GuestTools.Commands;

/// <summary>One of the program's commands.</summary>
internal interface ICommand
{
    /// <summary>What it is called by.</summary>
    string Name { get; }

    /// <summary>Its command line, without the name.</summary>
    string Usage { get; }

    /// <summary>Does its work.</summary>
    /// <returns>The exit status.</returns>
    /// <exception cref="UsageException">The command line is wrong.</exception>
    /// <exception cref="CommandException">It failed, with a reason for the user.</exception>
    Task<int> RunAsync(IReadOnlyList<string> arguments, Surroundings surroundings, CancellationToken cancellation);
}
