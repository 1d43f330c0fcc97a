namespace Qubes.Plugins.FileConversion.Tests.Running;

/// <summary>One page or image of an answer.</summary>
internal sealed record PageImage(int Width, int Height, byte[] Pixels)
{
    /// <summary>The mean difference of two images of the same size, of full scale: 0 the same, 1 black against white.</summary>
    public double DifferenceFrom(PageImage other)
    {
        Assert.Equal((Width, Height), (other.Width, other.Height));
        long sum = 0;
        for (int i = 0; i < Pixels.Length; i++)
            sum += Math.Abs(Pixels[i] - other.Pixels[i]);
        return (double)sum / Pixels.Length / byte.MaxValue;
    }

    public (byte R, byte G, byte B) At(int x, int y)
    {
        int at = ((y * Width) + x) * 3;
        return (Pixels[at], Pixels[at + 1], Pixels[at + 2]);
    }
}
