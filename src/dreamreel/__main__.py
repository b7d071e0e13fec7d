"""`python -m dreamreel`: the command line, where the folder of commands is not on the path."""

from dreamreel.cli import main

if __name__ == "__main__":
    main()
