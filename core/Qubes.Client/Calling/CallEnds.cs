namespace Qubes.Client.Calling;

/// <summary>The local ends of a call.</summary>
/// <param name="Input">The descriptor that is read for the service.</param>
/// <param name="Output">Takes the service's output.</param>
/// <param name="Error">Takes its error output.</param>
internal sealed record CallEnds(int Input, Sink Output, Sink Error)
{
    /// <summary>Sent before the input.</summary>
    public ReadOnlyMemory<byte> Prefix { get; init; }

    /// <summary>The local program whose ends they are, if one was started.</summary>
    public Programs.LocalProgram? Program { get; init; }
}
