namespace Qubes.Machine.Launcher;

/// <summary>
/// What the launcher is told on its standard input: one line of JSON, at most <see cref="MaximumLength"/> bytes. The launcher
/// prepares everything, writes the line <c>ready</c> to standard output, and runs the program only after it has read the line
/// <c>go</c>; when standard input ends before, it ends too. So whoever starts it can first write down that it exists.
/// </summary>
/// <param name="Program">Absolute path of what is run.</param>
/// <param name="Arguments">Its arguments, without its name.</param>
/// <param name="Directory">Its working directory.</param>
/// <param name="Files">Files that are opened for it.</param>
/// <param name="Sockets">Unix sockets that are made for it, listening.</param>
/// <param name="Secrets">What it is told without anybody else seeing it.</param>
/// <param name="Identity">Whom it runs as; null: nobody else.</param>
internal sealed record LaunchDescription(
    string Program,
    IReadOnlyList<string> Arguments,
    string Directory,
    IReadOnlyList<LaunchFile> Files,
    IReadOnlyList<LaunchSocket> Sockets,
    IReadOnlyList<LaunchSecret> Secrets,
    LaunchIdentity? Identity)
{
    public const int MaximumLength = 1 << 20;

    /// <summary>Descriptors below this are the launcher's own while it works.</summary>
    public const int FirstDescriptor = 100;

    /// <summary>The last descriptor that may be asked for.</summary>
    public const int LastDescriptor = 250;

    /// <summary>Bytes of a Unix socket's path, without the zero at its end.</summary>
    public const int MaximumSocketPath = 107;
}

/// <summary>A regular file that is opened under a given descriptor.</summary>
internal sealed record LaunchFile(string Path, int Descriptor, bool IsWritable);

/// <summary>A listening Unix socket under a given descriptor; an older one of that name is replaced. Mode 0600.</summary>
internal sealed record LaunchSocket(string Path, int Descriptor);

/// <summary>Bytes that the program reads at a given descriptor, from memory: they are on no disk and on no command line.</summary>
internal sealed record LaunchSecret(byte[] Content, int Descriptor);

/// <summary>A user without privileges; needs root to become it.</summary>
internal sealed record LaunchIdentity(uint User, uint Group, IReadOnlyList<uint> Groups);
