namespace Qubes.Machine.Launcher;

/// <summary>Lines of bounded length, ended by a newline; an unfinished last line is none.</summary>
internal sealed class CommandInput(Stream stream)
{
    private readonly byte[] buffer = new byte[LaunchDescription.MaximumLength];
    private int filled;

    /// <summary>The next line without its end; null at the end of the input.</summary>
    /// <exception cref="LaunchException">The line is too long.</exception>
    public byte[]? ReadLine()
    {
        var seen = 0;
        while (true)
        {
            var end = buffer.AsSpan(seen, filled - seen).IndexOf((byte)'\n');
            if (end >= 0)
                return Take(seen + end);
            if (filled == buffer.Length)
                throw new LaunchException($"a line is longer than {buffer.Length} bytes");
            seen = filled;
            var read = stream.Read(buffer, filled, buffer.Length - filled);
            if (read == 0)
                return null;
            filled += read;
        }
    }

    private byte[] Take(int length)
    {
        var line = buffer.AsSpan(0, length).ToArray();
        filled -= length + 1;
        buffer.AsSpan(length + 1, filled).CopyTo(buffer);
        return line;
    }
}
