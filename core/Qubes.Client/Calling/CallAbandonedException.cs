namespace Qubes.Client.Calling;

/// <summary>There will be no connection, or nobody is left who could have any use of it.</summary>
internal sealed class CallAbandonedException(string message) : IOException(message);
