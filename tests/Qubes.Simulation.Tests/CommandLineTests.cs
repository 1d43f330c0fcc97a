namespace Qubes.Simulation.Tests;

public sealed class CommandLineTests
{
    private static (int Code, string Error, SimulationOptions? Options) Parse(params string[] arguments)
    {
        using var error = new StringWriter();
        SimulationOptions? seen = null;
        var code = SimulationCommandLine.Run(arguments, options =>
        {
            seen = options;
            return 7;
        }, TextWriter.Null, error);
        return (code, error.ToString(), seen);
    }

    [Fact]
    public void What_is_not_said_has_its_usual_value()
    {
        var (code, _, options) = Parse("--policy", "static", "--trace", "t", "--policy", "adaptive", "--policy", "static");
        Assert.Equal(7, code);
        Assert.Equal(["static", "adaptive"], options!.Policies);
        Assert.Equal(new(options.Policies, "t", 4, null, 400, 8192, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), 1), options);
    }

    [Fact]
    public void What_is_said_counts()
    {
        var (_, _, options) = Parse(
            "--policy=p", "--trace=t", "--max=9", "--delay=auto", "--memory=100", "--host-memory=1000", "--start=20", "--use=3", "--seed=0");
        Assert.Equal(new(options!.Policies, "t", 9, "auto", 100, 1000, TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(3), 0), options);
    }

    [Theory]
    [InlineData("--max 65 refused: a number from 1 to 64 is accepted", "--policy", "static", "--max", "65")]
    [InlineData("--seed -1 refused", "--policy", "static", "--seed=-1")]
    [InlineData("--start many refused", "--policy", "static", "--start", "many")]
    [InlineData("'--policy' is required")]
    [InlineData("Unrecognized", "--policy", "static", "--speed")]
    [InlineData("At most 8 policies", "--policy=a", "--policy=b", "--policy=c", "--policy=d", "--policy=e", "--policy=f", "--policy=g", "--policy=h", "--policy=i")]
    public void What_is_wrong_is_said_in_one_line(string message, params string[] arguments)
    {
        var (code, error, options) = Parse(["--trace", "t", .. arguments]);
        Assert.Equal((2, null), (code, options));
        Assert.StartsWith("qubesd-simulate: ", error);
        Assert.Contains(message, Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }
}
