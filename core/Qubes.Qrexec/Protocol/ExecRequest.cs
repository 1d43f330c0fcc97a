using System.Text;

namespace Qubes.Qrexec.Protocol;

/// <summary>The body of EXEC_CMDLINE and JUST_EXEC.</summary>
/// <param name="Parameters">Who the peer is.</param>
/// <param name="Command">The command text (spec: protocol, section 9), not empty, without NUL.</param>
public sealed record ExecRequest(ExecParameters Parameters, string Command)
{
    private static readonly UTF8Encoding Strict = new(false, true);

    // offset 0  8 bytes  exec parameters
    //        8  1…       command, UTF-8, its only NUL at the very end

    /// <summary>Parses a body.</summary>
    /// <exception cref="QrexecViolationException">
    /// It has 8 bytes or less or more than 65535, no final NUL, another NUL, or is not UTF-8.
    /// </exception>
    public static ExecRequest Parse(ReadOnlySpan<byte> body)
    {
        if (body.Length is <= ExecParameters.Size or > QrexecLimits.CommandBody)
            throw new QrexecViolationException($"a command message has {body.Length} bytes; 9 to {QrexecLimits.CommandBody} are allowed");
        var parameters = ExecParameters.Read(body);
        var command = body[ExecParameters.Size..];
        if (command.IndexOf((byte)0) != command.Length - 1)
            throw new QrexecViolationException("a command does not end at its only NUL");
        try
        {
            return new ExecRequest(parameters, Strict.GetString(command[..^1]));
        }
        catch (DecoderFallbackException)
        {
            throw new QrexecViolationException("a command is not UTF-8");
        }
    }

    /// <summary>The wire form.</summary>
    /// <exception cref="ArgumentException">The command contains a NUL or is too long for one message.</exception>
    public byte[] Encode(MessageType type)
    {
        var text = Strict.GetBytes(Command);
        if (text.Contains((byte)0) || ExecParameters.Size + text.Length + 1 > QrexecLimits.CommandBody)
            throw new ArgumentException(
                $"a command has no NUL and at most {QrexecLimits.CommandBody - ExecParameters.Size - 1} bytes in UTF-8");
        var body = new byte[ExecParameters.Size + text.Length + 1];
        Parameters.Write(body);
        text.CopyTo(body.AsSpan(ExecParameters.Size));
        return QrexecMessage.Encode(type, body);
    }
}
