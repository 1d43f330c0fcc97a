namespace Qubes.Tools.Convert;

/// <summary>What holds for all files of one run.</summary>
/// <param name="Dpi">Pixels per inch, 75–4800.</param>
/// <param name="Timeout">The longest a file may take from the request for a disposable to its result; zero for no limit.</param>
/// <param name="Jobs">Files that are converted at the same time, each in a disposable of its own.</param>
internal sealed record ConvertOptions(int Dpi, TimeSpan Timeout, int Jobs)
{
    /// <summary>The resolution of <c>dz.Convert</c>, which takes no other.</summary>
    public const int DefaultDpi = 150;

    public const int LowestDpi = 75;
    public const int HighestDpi = 4800;
    public const int MostJobs = 64;

    /// <summary><c>dz.Convert</c> at its resolution, else <c>qubes.PdfConvert+DPI</c>.</summary>
    public string Service => Dpi == DefaultDpi ? "dz.Convert" : $"qubes.PdfConvert+{Dpi}";
}
