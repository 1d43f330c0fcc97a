using System.Text;

namespace Qubes.Convert.Guest.Input;

/// <summary>Takes the request off standard input: a leading line where the service has one, then the file to its end.</summary>
internal static class InputIntake
{
    private const int LongestLine = 4096;
    private const int BlockSize = 256 * 1024;
    private static readonly byte[] _passwordPrefix = "--password="u8.ToArray();

    /// <summary>Stores everything up to end of file.</summary>
    /// <exception cref="ConversionException">It cannot be read, or is larger than <see cref="Limits.InputBytes"/>.</exception>
    public static void Receive(Stream input, string path) => Receive(input, path, []);

    /// <summary>
    /// Stores everything up to end of file, but for a first line <c>--password=…</c>, which is returned without its prefix.
    /// A file that starts with that text cannot be told from it (so the spec).
    /// </summary>
    public static string? ReceiveWithPassword(Stream input, string path)
    {
        using var lines = new BufferedStream(input);
        byte[] start = new byte[_passwordPrefix.Length];
        int got = lines.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (!start.AsSpan(0, got).SequenceEqual(_passwordPrefix))
        {
            Receive(lines, path, start.AsSpan(0, got));
            return null;
        }

        string password = ReadLine(lines);
        Receive(lines, path, []);
        return password;
    }

    /// <summary>Reads one line, without its LF, of at most 4096 bytes.</summary>
    /// <exception cref="ConversionException">It is longer, or the input ends in it.</exception>
    public static string ReadLine(Stream input)
    {
        byte[] line = new byte[LongestLine];
        for (int length = 0; length < line.Length; length++)
        {
            int next = input.ReadByte();
            if (next < 0)
                throw new ConversionException(ConversionStatus.InputUnreadable, "input ends within its first line");
            if (next == '\n')
                return Encoding.UTF8.GetString(line, 0, length);
            line[length] = (byte)next;
        }

        throw new ConversionException(ConversionStatus.InputUnreadable, $"first line refused: over {LongestLine} bytes");
    }

    private static void Receive(Stream input, string path, ReadOnlySpan<byte> start)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(start);
        byte[] block = new byte[BlockSize];
        long total = start.Length;
        for (int got = Read(input, block); got > 0; got = Read(input, block))
        {
            total += got;
            if (total > Limits.InputBytes)
                throw new ConversionException(ConversionStatus.Unspecified,
                    $"document refused: larger than {Limits.InputBytes >> 20} MiB");
            file.Write(block, 0, got);
        }
    }

    private static int Read(Stream input, byte[] block)
    {
        try
        {
            return input.Read(block);
        }
        catch (IOException failure)
        {
            throw new ConversionException(ConversionStatus.InputUnreadable, $"standard input cannot be read: {failure.Message}");
        }
    }
}
